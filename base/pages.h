/* An allocator over whole pages of somebody else's. Small pieces are kept when they are freed: a
 * firmware may wipe the memory that it gets back, byte by byte, and it allocates many pages in the
 * time of a single one. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

#define PAGE_BYTES 4096

/* Larger pieces, in pages, come from get() and go back to give() at once. */
#define PAGES_KEPT 32

/* Pages that are taken together, for this piece and later ones. */
#define PAGES_RESERVE 64

struct pages_kept;

struct pages {
	void *(*get)(size_t pages);         /* NULL when there are none */
	void (*give)(void *, size_t pages); /* takes a part of what get() returned, too */

	/* All zero at first. */
	struct pages_kept *kept; /* freed pieces, each for the next one of as many pages */
	char *reserve;           /* the rest of the last PAGES_RESERVE pages */
	size_t reserve_pages;
};

/* Returns N bytes, not cleared, aligned to PAGE_BYTES; NULL when get() has none. */
void *pages_alloc(struct pages *, size_t n);

/* Frees what pages_alloc(N) returned, with the same N. NULL is allowed. */
void pages_free(struct pages *, void *, size_t n);

/* Gives everything that is kept to give(). */
void pages_give_back(struct pages *);

#endif
