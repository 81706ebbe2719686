/* Keys out of a serial line: the sequences that terminals send and firmware passes on unread. */
#ifndef LOADER_MENU_KEYS_H
#define LOADER_MENU_KEYS_H

#include <stdbool.h>
#include <stdint.h>

/* How long to wait for the next character while key_pending(), milliseconds. Within a sequence they
 * come some 10 ms apart. */
#define KEY_GAP_MS 50

/* All zero is a decoder that has seen nothing. */
struct key_decoder {
	enum { KEYS_PLAIN, KEYS_ESCAPE, KEYS_NUMBER, KEYS_MODIFIER, KEYS_LETTER } state;
	unsigned number; /* of ESC [ number ~, as far as it was read */
	uint32_t held;   /* a key that waits behind the one that was handed out; KEY_NONE: none */
};

/* True while the next character, or that none comes, decides which key this is. */
bool key_pending(const struct key_decoder *);

/* Takes the next character C as the firmware gave it (a character or an enum key) and returns a key
 * as loader/console.h knows it, or KEY_NONE when C only began, continued or ended a sequence that
 * means nothing. DEL is Backspace, and line feed is Enter. */
uint32_t key_feed(struct key_decoder *, uint32_t c);

/* Call it while key_pending() when no character came within KEY_GAP_MS. Returns the key that the
 * characters so far are, such as Escape. */
uint32_t key_flush(struct key_decoder *);

#endif
