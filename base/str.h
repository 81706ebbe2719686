/* Strings as borrowed bytes with a length. Only the functions that are given an arena allocate. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* N bytes at P, no NUL at the end, owned by somebody else. {NULL, 0} is the empty string. */
struct str {
	const char *p;
	size_t n;
};

/* A literal as a struct str, and a struct str as the two arguments that "%.*s" wants. */
#define S(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).n, (s).p

/* The bytes of the NUL-terminated TEXT, borrowed. */
struct str str_of(const char *text);

/* Byte for byte: are they equal, does the string begin with PREFIX, does it end with SUFFIX? */
bool str_eq(struct str, struct str);
bool str_starts(struct str, struct str prefix);
bool str_ends(struct str, struct str suffix);

/* True for a space, a tab and a carriage return. */
bool str_is_blank(char);

/* S without its first N bytes; N is at most S.n. */
static inline struct str str_skip(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

/* S without the blanks at both ends. */
struct str str_trim(struct str s);

/* Cuts the part before the first SEPARATOR off *REST and returns it; the separator is dropped.
 * Without one, all of *REST is returned and *REST becomes empty. */
struct str str_cut(struct str *rest, char separator);

/* Cuts PREFIX off the start of *REST. False, and *REST untouched, when *REST begins otherwise. */
bool str_cut_prefix(struct str *rest, struct str prefix);

/* The position of the first BYTE, or S.n where there is none. */
size_t str_find(struct str, char byte);

/* Reads a decimal number without sign that is all of S. False, and *N untouched, when S is anything
 * else or the number does not fit. */
bool str_u64(struct str, uint64_t *n);

/* Cuts a decimal number off the start of *S. False, and both untouched, when there is none or it
 * does not fit. */
bool str_cut_u64(struct str *s, uint64_t *n);

/* Makes a copy of the string in the arena, followed by a NUL that is not counted. False when memory
 * is used up. */
bool str_dup(struct arena *, struct str, struct str *copy);

/* Makes a new string in the arena, formatted as fmt_va() says. False when memory is used up. */
bool str_fmt(struct arena *, struct str *made, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
