/* What fast commits changed: for each inode a list of blocks and a list of names. */
#include "fs/ext/changes.h"

#include "base/mem.h"
#include "fs/ext/fold.h"

struct ext_change *ext_change_find(const struct ext_changes *all, uint32_t inode)
{
	struct ext_change *c = all->any ? all->lists[inode % CHANGES_LISTS] : NULL;

	while (c != NULL && c->inode != inode)
		c = c->next;
	return c;
}

struct ext_change *ext_change_add(struct ext_changes *all, uint32_t inode)
{
	struct ext_change *c = ext_change_find(all, inode);
	struct ext_change **list = &all->lists[inode % CHANGES_LISTS];

	if (c != NULL)
		return c;
	all->arena.limit = CHANGES_BYTES;
	c = arena_alloc(&all->arena, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->inode = inode;
	c->next = *list;
	*list = c;
	all->any = true;
	return c;
}

bool ext_change_move(struct ext_changes *all, struct ext_change *c, const struct ext_moved *moved)
{
	struct ext_moved *m = arena_alloc(&all->arena, sizeof(*m));

	if (m == NULL)
		return false;
	*m = *moved;
	m->older = c->moved;
	c->moved = m;
	return true;
}

struct ext_renamed *ext_change_name(const struct ext_change *c, struct str name, bool fold,
				    size_t *steps)
{
	struct ext_renamed *r = c->names;

	for (; r != NULL; r = r->next) {
		++*steps;
		if (str_eq(r->name, name) || (fold && ext_fold_equal(r->name, name)))
			break;
	}
	return r;
}

struct ext_renamed *ext_change_add_name(struct ext_changes *all, struct ext_change *c,
					struct str name)
{
	struct ext_renamed *r = arena_alloc(&all->arena, sizeof(*r));

	if (r == NULL || !str_dup(&all->arena, name, &r->name))
		return NULL;
	r->next = c->names;
	c->names = r;
	return r;
}

void ext_changes_free(struct ext_changes *all)
{
	arena_free(&all->arena);
	*all = (struct ext_changes){0};
}
