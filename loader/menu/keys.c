/* Keys out of a serial line: ESC [ A, ESC O H, ESC [ 3 ~ and their kind, as ECMA-48 and xterm have
 * them. */
#include "loader/menu/keys.h"

#include "loader/console.h"

#define ESC        0x1b
#define DEL        0x7f
#define NUMBER_MAX 1000

/* ESC [ LETTER and ESC O LETTER. */
static uint32_t letter_key(uint32_t c)
{
	switch (c) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case 'M':
		return KEY_ENTER; /* the keypad's */
	default:
		return KEY_NONE;
	}
}

/* ESC [ NUMBER ~ */
static uint32_t number_key(unsigned number)
{
	static const uint32_t keys[] = {
		[1] = KEY_HOME,      [3] = KEY_DELETE, [4] = KEY_END, [5] = KEY_PAGE_UP,
		[6] = KEY_PAGE_DOWN, [7] = KEY_HOME,   [8] = KEY_END,
	};

	return number < sizeof(keys) / sizeof(*keys) ? keys[number] : KEY_NONE;
}

/* A character after ESC [: digits and ';' go on, anything else ends the sequence. What follows a
 * ';' says which of Shift, Alt and Control was held, and changes nothing here. */
static uint32_t feed_csi(struct key_decoder *d, uint32_t c)
{
	bool digit = c >= '0' && c <= '9';

	if (digit && d->state == KEYS_NUMBER && d->number < NUMBER_MAX)
		d->number = d->number * 10 + (c - '0');
	if (c == ';')
		d->state = KEYS_MODIFIER;
	if (digit || c == ';')
		return KEY_NONE;
	d->state = KEYS_PLAIN;
	return c == '~' ? number_key(d->number) : letter_key(c);
}

static uint32_t plain(uint32_t c)
{
	return c == DEL ? KEY_BACKSPACE : c == '\n' ? KEY_ENTER : c;
}

/* A character outside of any sequence, or the first of one. */
static uint32_t feed_plain(struct key_decoder *d, uint32_t c)
{
	if (c != ESC)
		return plain(c);
	d->state = KEYS_ESCAPE;
	return KEY_NONE;
}

static uint32_t feed_escape(struct key_decoder *d, uint32_t c)
{
	if (c == '[' || c == 'O') {
		d->state = c == '[' ? KEYS_NUMBER : KEYS_LETTER;
		d->number = 0;
		return KEY_NONE;
	}
	d->state = KEYS_PLAIN;
	d->held = feed_plain(d, c);
	return KEY_ESCAPE;
}

bool key_pending(const struct key_decoder *d)
{
	return d->state != KEYS_PLAIN || d->held != KEY_NONE;
}

uint32_t key_feed(struct key_decoder *d, uint32_t c)
{
	uint32_t held = d->held;

	if (held != KEY_NONE) {
		d->held = feed_plain(d, c);
		return held;
	}
	switch (d->state) {
	case KEYS_ESCAPE:
		return feed_escape(d, c);
	case KEYS_NUMBER:
	case KEYS_MODIFIER:
		return feed_csi(d, c);
	case KEYS_LETTER:
		d->state = KEYS_PLAIN;
		return letter_key(c);
	default:
		return feed_plain(d, c);
	}
}

uint32_t key_flush(struct key_decoder *d)
{
	uint32_t key = d->held != KEY_NONE ? d->held : KEY_ESCAPE;

	*d = (struct key_decoder){0};
	return key;
}
