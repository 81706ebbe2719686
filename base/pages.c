/* An allocator over whole pages. */
#include "base/pages.h"

#include <stdint.h>

struct pages_kept {
	struct pages_kept *next;
	size_t pages;
};

static size_t count(size_t n)
{
	return (n + !n + PAGE_BYTES - 1) / PAGE_BYTES;
}

static void keep(struct pages *p, void *piece, size_t pages)
{
	struct pages_kept *k = piece;

	*k = (struct pages_kept){p->kept, pages};
	p->kept = k;
}

static void *from_kept(struct pages *p, size_t pages)
{
	struct pages_kept **k = &p->kept, *found;

	while (*k != NULL && (*k)->pages != pages)
		k = &(*k)->next;
	found = *k;
	if (found != NULL)
		*k = found->next;
	return found;
}

/* Cuts PAGES off the reserve. When it is too small, takes a new one and keeps the rest of the old
 * one like a piece that was freed. */
static void *from_reserve(struct pages *p, size_t pages)
{
	char *piece;

	if (p->reserve_pages < pages) {
		piece = p->get(PAGES_RESERVE);
		if (piece == NULL)
			return NULL;
		if (p->reserve_pages > 0)
			keep(p, p->reserve, p->reserve_pages);
		p->reserve = piece;
		p->reserve_pages = PAGES_RESERVE;
	}
	piece = p->reserve;
	p->reserve += pages * PAGE_BYTES;
	p->reserve_pages -= pages;
	return piece;
}

void *pages_alloc(struct pages *p, size_t n)
{
	size_t pages = count(n);
	void *piece;

	if (n > SIZE_MAX - PAGE_BYTES)
		return NULL;
	piece = from_kept(p, pages);
	if (piece == NULL && pages <= PAGES_KEPT)
		piece = from_reserve(p, pages);
	return piece != NULL ? piece : p->get(pages);
}

void pages_free(struct pages *p, void *piece, size_t n)
{
	if (piece == NULL)
		return;
	if (count(n) > PAGES_KEPT)
		p->give(piece, count(n));
	else
		keep(p, piece, count(n));
}

void pages_give_back(struct pages *p)
{
	while (p->kept != NULL) {
		struct pages_kept *k = p->kept;

		p->kept = k->next;
		p->give(k, k->pages);
	}
	if (p->reserve_pages > 0)
		p->give(p->reserve, p->reserve_pages);
	p->reserve_pages = 0;
}
