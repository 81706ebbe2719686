/* Environment blocks as a script sees them. */
#include "config/grub/blocks.h"

#include "config/kept.h"

/* The most environment blocks that one script may save to, and so the most variables of the
 * firmware that it takes. */
#define BLOCKS_SAVED_MAX 4

/* Ends the script when memory is used up, and nothing else is the matter with STATUS. */
static bool is_room(struct grub *g, enum status status)
{
	if (status == E_NO_MEMORY)
		grub_no_room(g);
	return status != E_NO_MEMORY;
}

/* Reads what was kept of the block B. */
static void recall(struct grub *g, struct grub_block *b)
{
	size_t mark = report_mark(g->p->report);
	struct kept *k = arena_array(g->p->arena, 1, sizeof(*k));
	enum status status = E_NO_MEMORY;
	struct str changes;
	enum kept_since since;

	if (k != NULL)
		status = kept_identify(k, KEPT_GRUBENV, b->at.volume, b->at.path, b->disk->text,
				       g->p->arena);
	if (status == OK && !kept_recall(k, g->p->places, &g->heap, &changes, &since))
		status = E_NO_MEMORY;
	if (status == OK && (since != KEPT_WRITTEN_AGAIN || g->confirmed))
		status = grubenv_apply(&b->now, changes, since == KEPT_SAME, &g->heap);
	if (status == OK && since != KEPT_SAME &&
	    !grubenv_changes(b->disk, &b->now, &g->heap, &changes))
		status = E_NO_MEMORY;
	if (is_room(g, status) && status == OK) {
		b->kept = k;
		b->saved = since != KEPT_SAME && changes.n > 0; /* kept of the file as it is now */
	}
	if (status != OK && grub_going(g))
		report_rewind(g->p->report, mark);
}

/* The block of the same file as B, which was read by another path; else B, put before the others.
 */
static const struct grub_block *add(struct grub *g, struct grub_block *b)
{
	for (const struct grub_block *o = g->frame.blocks; o != NULL && b->kept != NULL;
	     o = o->older) {
		grub_charge(g, 1);
		if (o->kept != NULL && o->at.volume == b->at.volume &&
		    o->kept->inode == b->kept->inode)
			return o;
	}
	b->older = g->frame.blocks;
	g->frame.blocks = b;
	return b;
}

/* Reads the block at that path. */
static int load(struct grub *g, struct grub_path at, const struct grub_block **block)
{
	struct grub_block *b = arena_array(&g->heap, 1, sizeof(*b));
	struct grubenv *disk = arena_array(&g->heap, 1, sizeof(*disk));

	if (!grub_may_read(g, GRUBENV_FILE_MAX * 4))
		return GRUB_NOT_FOUND;
	if (b == NULL || disk == NULL) {
		grub_no_room(g);
		return GRUB_NOT_FOUND;
	}
	b->at = (struct grub_path){at.volume, grub_keep(g, at.path)};
	switch (grubenv_read(at.volume, at.path, &g->heap, disk)) {
	case OK:
		break;
	case E_NOT_FOUND:
		return GRUB_NOT_FOUND;
	default: /* reported */
		return GRUB_BAD_FILE;
	}
	b->disk = disk;
	if (is_room(g, grubenv_copy(&b->now, disk, &g->heap)))
		recall(g, b);
	*block = add(g, b);
	return GRUB_OK;
}

static bool is_at(const struct grub_block *b, struct grub_path at)
{
	return b->at.volume == at.volume && str_eq(b->at.path, at.path);
}

int grub_block(struct grub *g, struct grub_path at, const struct grub_block **block)
{
	for (const struct grub_block *b = g->frame.blocks; b != NULL; b = b->older) {
		grub_charge(g, 1);
		if (is_at(b, at)) {
			*block = b;
			return GRUB_OK;
		}
	}
	return load(g, at, block);
}

struct grub_block *grub_block_copy(struct grub *g, const struct grub_block *from)
{
	struct grub_block *b = arena_array(&g->heap, 1, sizeof(*b));

	if (b == NULL) {
		grub_no_room(g);
		return NULL;
	}
	*b = *from;
	if (!is_room(g, grubenv_copy(&b->now, &from->now, &g->heap)))
		return NULL;
	b->saved = true;
	b->older = g->frame.blocks;
	g->frame.blocks = b;
	return b;
}

/* True when a newer block of the list has the same path. */
static bool is_old(const struct grub *g, const struct grub_block *b)
{
	const struct grub_block *newer = g->frame.blocks;

	while (!is_at(newer, b->at))
		newer = newer->older;
	return newer != b;
}

/* Makes what is to be kept of B. NULL when the script ended for want of memory. */
static struct kept *keep(struct grub *g, const struct grub_block *b)
{
	struct kept *k = arena_array(g->p->arena, 1, sizeof(*k));
	struct str changes;

	if (k == NULL || !grubenv_changes(b->disk, &b->now, &g->heap, &changes)) {
		grub_no_room(g);
		return NULL;
	}
	*k = *b->kept;
	if (changes.n > 0 &&
	    !str_fmt(g->p->arena, &k->text, "%.*s%.*s", STR_ARG(k->head), STR_ARG(changes)))
		grub_no_room(g);
	return k;
}

const struct kept *grub_blocks_kept(struct grub *g)
{
	struct kept *list = NULL;
	unsigned count = 0;

	if (g->kept_of == g->frame.blocks)
		return g->kept;
	for (const struct grub_block *b = g->frame.blocks; b != NULL; b = b->older) {
		struct kept *k = NULL;

		if (b->saved && b->kept != NULL && !is_old(g, b))
			k = keep(g, b);
		if (k == NULL)
			continue;
		if (count++ == BLOCKS_SAVED_MAX)
			break;
		k->next = list;
		list = k;
	}
	g->kept_of = g->frame.blocks;
	g->kept = list;
	return list;
}
