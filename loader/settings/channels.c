/* The channels by which the host gives settings to one guest. */
#include "loader/settings/channels.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/printable.h"
#include "base/utf16.h"
#include "base/utf8.h"
#include "config/lines/text.h"

/* The most bytes that a sentence quotes. */
#define QUOTE_BYTES 60

void channel_set(struct settings *s, enum settings_source source, struct str name, struct str value,
		 struct report *r)
{
	const char *from = settings_source_name(source), *takes, *like;
	enum setting_id id;

	if (!setting_find(name, &id)) {
		like = setting_like(name);
		note(r, "%s: unknown setting '%.*s': %s%s", from,
		     STR_ARG(utf8_cut(name, QUOTE_BYTES)),
		     like != NULL ? "say " : "partless-settings(5) lists them",
		     like != NULL ? like : "");
		return;
	}
	takes = setting_take(s, source, id, value);
	if (takes != NULL)
		note(r, "%s: '%s' takes %s, not '%.*s'", from, setting_name(id), takes,
		     STR_ARG(utf8_cut(value, QUOTE_BYTES)));
}

void channel_assign(struct settings *s, enum settings_source source, struct str word,
		    struct report *r)
{
	struct str value = word, name = str_cut(&value, '=');

	if (name.n == word.n)
		note(r, "%s: '%.*s' is not a setting: say NAME=VALUE", settings_source_name(source),
		     STR_ARG(utf8_cut(word, QUOTE_BYTES)));
	else
		channel_set(s, source, name, value, r);
}

static bool is_text(struct str s)
{
	while (s.n > 0) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);

		if (n == 0 || (char_is_control(c) && c != '\t' && c != '\r' && c != '\n'))
			return false;
		s = (struct str){s.p + n, s.n - n};
	}
	return true;
}

/* Converts N units to UTF-8 in TO: bytes that were widened, or real UTF-16. Nearly any data is
 * valid UTF-16, but a setting's name is ASCII: false when no unit is. */
static bool from_units(const le16 *units, size_t n, char *to, struct str *text)
{
	bool widened = true, ascii = n == 0;

	for (size_t i = 0; i < n; i++) {
		uint16_t unit = get_le16(units[i]);

		to[i] = (char)unit;
		widened = widened && unit <= 0xff;
		ascii = ascii || unit < 0x80;
	}
	*text = (struct str){to, n};
	if (!widened || !is_text(*text))
		*text = utf16_decode(units, n, to);
	return ascii;
}

bool channel_load_options(const void *options, size_t bytes, char *to, struct str *text)
{
	const le16 *units = options;
	struct str s = {options, bytes};
	size_t n = bytes / 2;

	/* Settings in UTF-16 hold NULs: text without them is bytes. */
	while (s.n > 0 && s.p[s.n - 1] == '\0')
		s.n--;
	if (is_text(s)) {
		if (s.n > 0)
			memcpy(to, s.p, s.n);
		*text = (struct str){to, s.n};
		return true;
	}
	while (n > 0 && get_le16(units[n - 1]) == 0)
		n--;
	return bytes % 2 == 0 && from_units(units, n, to, text) && is_text(*text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cuts a word off *LINE, without its quotes; false when there is none left. *QUOTE is a quote that
 * is open at the end of the line, else NUL. */
static bool cut_word(char **line, const char *end, struct str *word, char *quote)
{
	char *p = *line, *to;

	*quote = '\0';
	while (p < end && is_blank(*p))
		p++;
	if (p == end)
		return false;
	word->p = to = p;
	for (; p < end && (*quote != '\0' || !is_blank(*p)); p++) {
		if (*p == *quote)
			*quote = '\0';
		else if (*quote == '\0' && (*p == '"' || *p == '\''))
			*quote = *p;
		else
			*to++ = *p;
	}
	*line = p;
	word->n = (size_t)(to - word->p);
	return true;
}

static bool is_own_name(struct str word)
{
	struct str end = S(".efi");

	return word.n >= end.n && str_find(word, '=') == word.n &&
	       text_same((struct str){word.p + word.n - end.n, end.n}, end);
}

void channel_command_line(struct settings *s, char *line, size_t bytes, struct report *r)
{
	const char *end = line + bytes;
	bool first = true;
	char quote;

	for (struct str word; cut_word(&line, end, &word, &quote); first = false) {
		if (quote != '\0')
			note(r, "%s: a quote, %c, is not closed, and '%.*s' goes on to the end",
			     settings_source_name(SAID_ON_COMMAND_LINE), quote,
			     STR_ARG(utf8_cut(word, QUOTE_BYTES)));
		if (first && is_own_name(word))
			continue;
		if (s->lockdown) {
			note(r, "the host's lockdown (%s): the command line is ignored",
			     settings_source_name(s->said[SET_LOCKDOWN]));
			return;
		}
		if (str_starts(word, S("lockdown=")))
			note(r, "%s cannot set 'lockdown': set it elsewhere",
			     settings_source_name(SAID_ON_COMMAND_LINE));
		else
			channel_assign(s, SAID_ON_COMMAND_LINE, word, r);
	}
}
