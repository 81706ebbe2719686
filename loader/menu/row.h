/* One row of the screen while it is made: text, cut where its columns end. */
#ifndef LOADER_MENU_ROW_H
#define LOADER_MENU_ROW_H

#include "base/str.h"

/* The most columns of a row. */
#define COLUMNS_MAX 240

/* All but `columns`, which whoever makes a row sets, is 0 at first. A row has no more characters
 * than columns either: the firmware counts each as one. */
struct row {
	char text[COLUMNS_MAX * 4];
	size_t n;         /* bytes */
	unsigned width;   /* columns that are taken */
	unsigned count;   /* characters */
	unsigned columns; /* at most COLUMNS_MAX */
};

/* Adds what of S still fits. What is not printable, or the console does not show, is a '?'. */
void row_put(struct row *, struct str);

/* Adds S, or when it does not fit as much as leaves room for the "..." behind it. */
void row_put_cut(struct row *, struct str);

/* Adds text formatted as fmt_va() says, COLUMNS_MAX bytes of it. */
void row_fmt(struct row *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Cuts off *S what fits into COLUMNS columns, one character at least, and returns it. */
struct str row_take(struct str *s, unsigned columns);

/* The same, broken at a blank where there is one in the second half. */
struct str row_take_words(struct str *s, unsigned columns);

/* The columns that all of S takes. */
unsigned row_width(struct str);

#endif
