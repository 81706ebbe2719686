/* One row of the screen while it is made: text, cut where its columns end. */
#ifndef LOADER_MENU_ROW_H
#define LOADER_MENU_ROW_H

#include "base/str.h"

/* The most columns of a row. */
#define COLUMNS_MAX 240

/* Set `columns` and begin with all else 0. A row also has no more characters than columns, because
 * the firmware counts each character as one column. */
struct row {
	char text[COLUMNS_MAX * 4];
	size_t n;         /* bytes */
	unsigned width;   /* columns that are taken */
	unsigned count;   /* characters */
	unsigned columns; /* at most COLUMNS_MAX */
};

/* Adds as much of S as fits. What is not printable, or the console does not show, becomes a '?'. */
void row_put(struct row *, struct str);

/* Adds S. If it does not fit, adds as much as fits before a "...". */
void row_put_cut(struct row *, struct str);

/* Adds text formatted as fmt_va() says, at most COLUMNS_MAX bytes of it. */
void row_fmt(struct row *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Cuts off *S what fits into COLUMNS columns, one character at least, and returns it. */
struct str row_take(struct str *s, unsigned columns);

/* The same, broken at a blank where there is one in the second half. */
struct str row_take_words(struct str *s, unsigned columns);

/* The columns that all of S takes. */
unsigned row_width(struct str);

#endif
