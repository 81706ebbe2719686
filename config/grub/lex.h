/* GRUB's script language as tokens: where words begin and end, and nothing of what they mean. */
#ifndef CONFIG_GRUB_LEX_H
#define CONFIG_GRUB_LEX_H

#include "base/str.h"

/* From TOKEN_CASE on the reserved words; they are words again where an argument may stand. */
enum token {
	TOKEN_END,
	TOKEN_BAD, /* no token of the language, or a quote that is not closed */
	TOKEN_NEWLINE,
	TOKEN_SEMICOLON,
	TOKEN_OPEN,  /* { */
	TOKEN_CLOSE, /* } */
	TOKEN_WORD,
	TOKEN_NAME, /* a word of letters, digits and '_' that begins with no digit */
	TOKEN_CASE, /* case, esac, select: reserved, and used nowhere */
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

/* A place in a text, and the token there. A copy of it is the way back. */
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

/* Reads the next token, blanks, comments and carriage returns left out. */
void grub_lex(struct lexer *);

/* The length of the variable that S, which begins behind a '$', names, with its braces; 0 when it
 * names none. NAME is without them. */
size_t grub_lex_variable(struct str s, struct str *name);

/* True for the bytes of a variable's name; a digit can be one of them, but not the first. */
bool grub_lex_is_name(char c);

#endif
