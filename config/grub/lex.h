/* Cuts GRUB's script language into tokens. A word keeps its quotes and variables: words.h expands
 * it. */
#ifndef CONFIG_GRUB_LEX_H
#define CONFIG_GRUB_LEX_H

#include "base/str.h"

/* TOKEN_CASE and all that follow are reserved words. Where an argument may stand, they are words
 * like others. */
enum token {
	TOKEN_END,
	TOKEN_BAD, /* not a token of the language, or a quote that is not closed */
	TOKEN_NEWLINE,
	TOKEN_SEMICOLON,
	TOKEN_OPEN,  /* { */
	TOKEN_CLOSE, /* } */
	TOKEN_WORD,
	TOKEN_NAME, /* a word of letters, digits and '_' that does not begin with a digit */
	TOKEN_CASE, /* case, esac, select: reserved, but not used */
	TOKEN_DO,
	TOKEN_DONE,
	TOKEN_ELIF,
	TOKEN_ELSE,
	TOKEN_FI,
	TOKEN_FOR,
	TOKEN_FUNCTION,
	TOKEN_IF,
	TOKEN_IN,
	TOKEN_THEN,
	TOKEN_UNTIL,
	TOKEN_WHILE,
};

/* A place in a text, and the token there. A copy of it is enough to come back. */
struct lexer {
	struct str text;
	size_t at;       /* behind the token */
	unsigned line;   /* the line of `at`, from 1 */
	unsigned begins; /* the token's line */
	enum token token;
	struct str word; /* the token as it stands in the text */
};

/* A lexer at the start of TEXT, whose first line has the number LINE. No token was read yet. */
struct lexer grub_lex_start(struct str text, unsigned line);

/* Reads the next token; blanks and comments are skipped. */
void grub_lex(struct lexer *);

/* Reads the name of a variable at the start of S, which follows a '$'. *NAME becomes the name
 * without braces, a part of S. Returns the bytes that it takes with its braces; 0 when there is no
 * name. */
size_t grub_lex_variable(struct str s, struct str *name);

/* True for the bytes of a variable's name; a digit can be one of them, but not the first. */
bool grub_lex_is_name(char c);

#endif
