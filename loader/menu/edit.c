/* A line editor without a screen. */
#include "loader/menu/edit.h"

#include "base/mem.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "loader/console.h"

#define CONTROL(letter) ((letter) - '@')

static struct str text_of(const struct edit *e)
{
	return (struct str){e->text, e->n};
}

/* Where the character before AT begins; 0 at the start. */
static size_t before(const struct edit *e, size_t at)
{
	return at > 0 ? utf8_before(text_of(e), at) : 0;
}

/* Where the character at AT ends; the end of the text at its end. */
static size_t after(const struct edit *e, size_t at)
{
	uint32_t c;
	size_t n = utf8_decode((struct str){e->text + at, e->n - at}, &c);

	return at < e->n ? at + (n ? n : 1) : at;
}

/* Where the word before AT begins, as ^W in a shell has it. */
static size_t word_before(const struct edit *e, size_t at)
{
	while (at > 0 && e->text[at - 1] == ' ')
		at--;
	while (at > 0 && e->text[at - 1] != ' ')
		at--;
	return at;
}

/* Takes out what lies between FROM and TO; the cursor goes there. */
static void cut(struct edit *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, e->n - to);
	e->n -= to - from;
	e->cursor = from;
}

static bool insert(struct edit *e, uint32_t c)
{
	char bytes[4];
	size_t n;

	if (!char_is_printable(c))
		return false;
	n = utf8_encode(c, bytes);
	if (n > e->capacity - e->n)
		return false;
	memmove(e->text + e->cursor + n, e->text + e->cursor, e->n - e->cursor);
	memcpy(e->text + e->cursor, bytes, n);
	e->n += n;
	e->cursor += n;
	return true;
}

void edit_begin(struct edit *e, char *buffer, size_t capacity, struct str text)
{
	text = utf8_cut(text, capacity);
	if (text.n > 0)
		memcpy(buffer, text.p, text.n);
	*e = (struct edit){buffer, text.n, capacity, text.n};
}

bool edit_key(struct edit *e, uint32_t key)
{
	switch (key) {
	case KEY_LEFT:
	case CONTROL('B'):
		e->cursor = before(e, e->cursor);
		return true;
	case KEY_RIGHT:
	case CONTROL('F'):
		e->cursor = after(e, e->cursor);
		return true;
	case KEY_HOME:
	case CONTROL('A'):
		e->cursor = 0;
		return true;
	case KEY_END:
	case CONTROL('E'):
		e->cursor = e->n;
		return true;
	case KEY_DELETE:
	case CONTROL('D'):
		if (e->cursor < e->n || key != KEY_DELETE) {
			cut(e, e->cursor, after(e, e->cursor));
			return true;
		}
		[[fallthrough]];
	case KEY_BACKSPACE:
		cut(e, before(e, e->cursor), e->cursor);
		return true;
	case CONTROL('K'):
		cut(e, e->cursor, e->n);
		return true;
	case CONTROL('U'):
		cut(e, 0, e->cursor);
		return true;
	case CONTROL('W'):
		cut(e, word_before(e, e->cursor), e->cursor);
		return true;
	default:
		return insert(e, key);
	}
}
