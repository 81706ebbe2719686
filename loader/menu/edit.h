/* A line editor without a screen: text, a cursor, keys in. */
#ifndef LOADER_MENU_EDIT_H
#define LOADER_MENU_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* UTF-8 text in the caller's buffer. The cursor is a byte offset and never stands inside a
 * character; a byte that belongs to no character is one by itself. */
struct edit {
	char *text;
	size_t n, capacity;
	size_t cursor;
};

/* Begins with a copy of TEXT, cut at a character when it does not fit, and the cursor at its end.
 */
void edit_begin(struct edit *, char *buffer, size_t capacity, struct str text);

/* Applies KEY (loader/console.h): a printable character, Left, Right, Home, End, Backspace, Delete,
 * and ^A ^E ^B ^F ^D ^H ^K ^U ^W as in a shell. At the end of the text Delete works as Backspace,
 * because some firmware takes a terminal's Backspace for Delete. False when the key means nothing
 * here or there is no room. */
bool edit_key(struct edit *, uint32_t key);

#endif
