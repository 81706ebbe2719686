/* Cuts GRUB's script language into tokens, by the rules of grub-core/script/yylex.l. */
#include "config/grub/lex.h"

static const struct reserved {
	struct str word;
	enum token token;
} reserved[] = {
	{S("case"), TOKEN_CASE}, {S("do"), TOKEN_DO},       {S("done"), TOKEN_DONE},
	{S("elif"), TOKEN_ELIF}, {S("else"), TOKEN_ELSE},   {S("esac"), TOKEN_CASE},
	{S("fi"), TOKEN_FI},     {S("for"), TOKEN_FOR},     {S("function"), TOKEN_FUNCTION},
	{S("if"), TOKEN_IF},     {S("in"), TOKEN_IN},       {S("select"), TOKEN_CASE},
	{S("then"), TOKEN_THEN}, {S("until"), TOKEN_UNTIL}, {S("while"), TOKEN_WHILE},
	{S("[["), TOKEN_BAD},    {S("]]"), TOKEN_BAD},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool grub_lex_is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

struct lexer grub_lex_start(struct str text, unsigned line)
{
	return (struct lexer){.text = text, .line = line, .begins = line};
}

size_t grub_lex_variable(struct str s, struct str *name)
{
	size_t brace = s.n > 0 && s.p[0] == '{', end = brace;

	if (end == s.n)
		return 0;
	if (s.p[end] == '?' || s.p[end] == '#' || s.p[end] == '*' || s.p[end] == '@') {
		end++;
	} else {
		bool digits = is_digit(s.p[end]);

		while (end < s.n && (digits ? is_digit(s.p[end]) : grub_lex_is_name(s.p[end])))
			end++;
	}
	if (end == brace || (brace && (end == s.n || s.p[end] != '}')))
		return 0;
	*name = (struct str){s.p + brace, end - brace};
	return end + brace;
}

/* The position behind the string that begins at AT with the quote C; past the text's end when it is
 * not closed. */
static size_t string_end(struct str text, size_t at, char c)
{
	for (at++; at < text.n && text.p[at] != c; at++) {
		if (c == '"' && text.p[at] == '\\')
			at++;
	}
	return at + 1;
}

/* True for a byte that needs no quotes to stand in a word. */
static bool is_plain(char c)
{
	static const bool special[256] = {
		['{'] = true,  ['}'] = true,  ['|'] = true, ['&'] = true,  ['$'] = true,
		[';'] = true,  ['<'] = true,  ['>'] = true, [' '] = true,  ['\t'] = true,
		['\n'] = true, ['\''] = true, ['"'] = true, ['\\'] = true,
	};

	return !special[(unsigned char)c];
}

/* The position behind the word that begins at AT; AT when there is none; past the text's end when a
 * quote is not closed. */
static size_t word_end(struct str text, size_t at)
{
	while (at < text.n) {
		char c = text.p[at];
		struct str name;

		if (is_plain(c)) {
			at++;
		} else if (c == '\\') {
			at += 2;
		} else if (c == '"' || c == '\'') {
			at = string_end(text, at, c);
		} else if (c == '$' && at + 1 < text.n && text.p[at + 1] == '"') {
			at = string_end(text, at + 1, '"');
		} else if (c == '$') {
			size_t n = grub_lex_variable(str_skip(text, at + 1), &name);

			if (n == 0)
				break;
			at += n + 1;
		} else {
			break;
		}
	}
	return at;
}

/* True when a '$' between the double quotes of WORD begins no variable. GRUB does not accept such a
 * word. */
static bool has_bad_variable(struct str word)
{
	bool quoted = false;
	struct str name;

	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (c == '\\') {
			i++;
		} else if (c == '\'' && !quoted) {
			i = string_end(word, i, c) - 1;
		} else if (c == '$' && !quoted && i + 1 < word.n && word.p[i + 1] == '"') {
			i = string_end(word, i + 1, '"') - 1;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '$') {
			size_t n = grub_lex_variable(str_skip(word, i + 1), &name);

			if (n == 0)
				return true;
			i += n;
		}
	}
	return false;
}

static enum token classify(struct str word)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
		if (str_eq(word, reserved[i].word))
			return reserved[i].token;
	}
	for (size_t i = 0; i < word.n; i++) {
		if (!grub_lex_is_name(word.p[i]))
			return has_bad_variable(word) ? TOKEN_BAD : TOKEN_WORD;
	}
	return is_digit(word.p[0]) ? TOKEN_WORD : TOKEN_NAME;
}

static void take(struct lexer *l, enum token token, size_t end)
{
	l->token = token;
	l->word = (struct str){l->text.p + l->at, end - l->at};
	for (size_t i = 0; i < l->word.n; i++)
		l->line += l->word.p[i] == '\n';
	l->at = end;
}

/* The position behind the comment or the blank at AT; AT when there is none. */
static size_t gap_end(struct str text, size_t at)
{
	if (text.p[at] == ' ' || text.p[at] == '\t')
		return at + 1;
	if (text.p[at] == '#') {
		while (at < text.n && text.p[at] != '\n')
			at++;
	}
	return at;
}

void grub_lex(struct lexer *l)
{
	size_t end;

	while (l->at < l->text.n && (end = gap_end(l->text, l->at)) > l->at)
		l->at = end;
	l->begins = l->line;
	if (l->at >= l->text.n) {
		take(l, TOKEN_END, l->at);
		return;
	}
	switch (l->text.p[l->at]) {
	case '\n':
		take(l, TOKEN_NEWLINE, l->at + 1);
		return;
	case ';':
		end = l->at + 1;
		take(l, end < l->text.n && l->text.p[end] == ';' ? TOKEN_BAD : TOKEN_SEMICOLON,
		     end);
		return;
	case '{':
		take(l, TOKEN_OPEN, l->at + 1);
		return;
	case '}':
		take(l, TOKEN_CLOSE, l->at + 1);
		return;
	default:
		break;
	}
	end = word_end(l->text, l->at);
	if (end > l->text.n)
		take(l, TOKEN_BAD, l->text.n);
	else if (end == l->at)
		take(l, TOKEN_BAD, end + 1);
	else
		take(l, classify((struct str){l->text.p + l->at, end - l->at}), end);
}
