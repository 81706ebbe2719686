/* What a replay of the log would change on the disk. The log tells parts of blocks. They are kept
 * by sectors with a bit for each word that is known, so that nothing has to be read to keep them.
 */
#include "fs/xfs/changes.h"

#define SECTOR      512u
#define WORD        4u
#define LISTS       4096u
#define MEMORY_MOST ((size_t)256 << 20)

/* The changes of one sector. */
struct changed {
	struct changed *next;
	uint64_t number;
	uint64_t first;                     /* LSN of the first change, or XFS_LOOKED_AT */
	uint32_t words[SECTOR / WORD / 32]; /* a bit for each word that is known */
	uint8_t bytes[SECTOR];
};

/* All changed sectors, in lists by a hash of their numbers. */
struct xfs_changed_sectors {
	struct changed *lists[LISTS];
};

static struct changed *find(const struct xfs_changes *c, uint64_t number)
{
	struct changed *s = c->sectors != NULL ? c->sectors->lists[number % LISTS] : NULL;

	while (s != NULL && s->number != number)
		s = s->next;
	return s;
}

static struct changed *find_or_make(struct xfs_changes *c, uint64_t number, uint64_t lsn)
{
	struct changed *s = find(c, number);

	if (s != NULL)
		return s;
	c->arena.limit = MEMORY_MOST;
	if (c->sectors == NULL)
		c->sectors = arena_alloc(&c->arena, sizeof(*c->sectors));
	s = arena_alloc(&c->arena, sizeof(*s));
	if (c->sectors == NULL || s == NULL)
		return NULL;
	s->number = number;
	s->first = lsn;
	s->next = c->sectors->lists[number % LISTS];
	c->sectors->lists[number % LISTS] = s;
	c->count++;
	return s;
}

bool xfs_changes_put(struct xfs_changes *c, uint64_t lsn, uint64_t at, const uint8_t *bytes,
		     size_t n)
{
	struct changed *s = NULL;

	for (size_t i = 0; i < n; i++) {
		unsigned in = (at + i) % SECTOR;

		if (s == NULL || in == 0)
			s = find_or_make(c, (at + i) / SECTOR, lsn);
		if (s == NULL)
			return false;
		s->bytes[in] = bytes[i];
		s->words[in / WORD / 32] |= 1u << in / WORD % 32;
	}
	return true;
}

static void apply(const struct changed *s, uint64_t at, uint8_t *to, size_t n)
{
	uint64_t begin = s->number * SECTOR;

	for (unsigned in = 0; in < SECTOR; in++) {
		if (s->words[in / WORD / 32] >> in / WORD % 32 & 1 && begin + in >= at &&
		    begin + in - at < n)
			to[begin + in - at] = s->bytes[in];
	}
}

void xfs_changes_apply(const struct xfs_changes *c, uint64_t at, uint8_t *to, size_t n)
{
	uint64_t first = at / SECTOR, end = (at + n + SECTOR - 1) / SECTOR;

	if (end - first < c->count) {
		for (; first < end; first++) {
			const struct changed *s = find(c, first);

			if (s != NULL)
				apply(s, at, to, n);
		}
		return;
	}
	for (size_t i = 0; c->count > 0 && i < LISTS; i++) {
		for (const struct changed *s = c->sectors->lists[i]; s != NULL; s = s->next) {
			if (s->number >= first && s->number < end)
				apply(s, at, to, n);
		}
	}
}

uint64_t xfs_changes_first(const struct xfs_changes *c, uint64_t at, uint64_t n)
{
	uint64_t end = (at + n + SECTOR - 1) / SECTOR, first = XFS_NOT_CHANGED;

	for (uint64_t number = at / SECTOR; c->count > 0 && number < end; number++) {
		const struct changed *s = find(c, number);

		if (s != NULL && s->first < first)
			first = s->first;
	}
	return first;
}

void xfs_changes_looked(struct xfs_changes *c, uint64_t at, uint64_t n)
{
	uint64_t end = (at + n + SECTOR - 1) / SECTOR;

	for (uint64_t number = at / SECTOR; number < end; number++) {
		struct changed *s = find(c, number);

		if (s != NULL)
			s->first = XFS_LOOKED_AT;
	}
}

void xfs_changes_free(struct xfs_changes *c)
{
	arena_free(&c->arena);
	*c = (struct xfs_changes){0};
}
