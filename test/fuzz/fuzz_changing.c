/* A disk that changes between reads: the input says for each read whether it sees a valid file
 * system, or the same one after some lies, sealed; and when the cache forgets what was read. All
 * that a boot reads is read: the volume, its files, its menu, and what an entry boots. */
#include <string.h>

#include "base/arena.h"
#include "config/config.h"
#include "fs/cache.h"
#include "loader/plan.h"
#include "test/fuzz/ext_lies.h"
#include "test/fuzz/xfs_lies.h"

#define FLIPS 4

/* The device. What a read sees turns at each of the reads whose numbers are in FLIP; and for those
 * whose bit is set in ALSO, which is used again every 64 reads. */
struct changing {
	struct block block; /* first: it is our handle */
	struct fuzz_disk *ext;
	struct xfs_disk *xfs;
	uint64_t flip[FLIPS], also;
	uint64_t reads;
};

/* Calls of cache_slot(), of each 64 those before which the cache forgets all. The images are small:
 * it would hold all of their metadata. */
static uint64_t calls, forgets;

/* The linker puts this in front of the one in fs/cache.c. */
struct cache_slot *__real_cache_slot(struct cache *, uint64_t block);
struct cache_slot *__wrap_cache_slot(struct cache *, uint64_t block);

static bool every(void *context, uint64_t block)
{
	(void)context, (void)block;
	return true;
}

struct cache_slot *__wrap_cache_slot(struct cache *c, uint64_t block)
{
	if (forgets >> calls++ % 64 & 1)
		cache_forget(c, every, NULL);
	return __real_cache_slot(c, block);
}

static bool sees_lies(struct changing *c)
{
	uint64_t at = c->reads++;
	bool lies = c->also >> at % 64 & 1;

	for (unsigned i = 0; i < FLIPS; i++)
		lies ^= at >= c->flip[i];
	return lies;
}

/* Puts the bytes that a piece had before it was touched where they belong in TO. */
static void put_before(const struct xfs_piece *p, uint64_t offset, char *to, size_t bytes)
{
	uint64_t from = p->at > offset ? p->at : offset, until = p->at + p->n;

	if (until > offset + bytes)
		until = offset + bytes;
	if (p->before != NULL && from < until)
		memcpy(to + (from - offset), p->before + (from - p->at), (size_t)(until - from));
}

static enum status changing_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	struct changing *c = (struct changing *)b;
	bool lies = sees_lies(c);

	fuzz_request();
	if (c->ext != NULL) {
		memcpy(to, (lies ? c->ext->bytes : c->ext->clean) + offset, bytes);
		return OK;
	}
	memcpy(to, c->xfs->bytes + offset, bytes);
	for (unsigned i = 0; !lies && i < c->xfs->count; i++)
		put_before(&c->xfs->pieces[i], offset, to, bytes);
	return OK;
}

static void use_entry(const struct entry *e, struct report *r)
{
	static char initrd[65536];
	struct plan plan;

	if (e->id.n == 0 || e->title.n == 0)
		fuzz_stop("an entry without a name");
	if (plan_boot(e, e->options, r, &plan) == OK && plan.initrd_total <= sizeof(initrd))
		(void)plan_read_initrd(&plan, 0, initrd, (size_t)plan.initrd_total);
}

static void use_menu(struct volume *v)
{
	struct place place = {v, 0, 0};
	struct places places = {.p = &place, .count = 1};
	struct arena arena = {.limit = CONFIG_MOST};
	struct config config = {0};
	unsigned count = 0;

	if (config_read(v, SIDE_GUEST, &(struct settings){0}, &places, &arena, v->report,
			&config) == OK) {
		for (const struct entry *e = config.first; e != NULL; e = e->next, count++)
			use_entry(e, v->report);
		if (count != config.count)
			fuzz_stop("entries were counted wrongly");
	}
	arena_free(&arena);
	fuzz_check_report(v->report);
}

static void tell_lies(struct changing *c, struct fuzz_input *in)
{
	for (unsigned i = 0; i < LIES_MOST && in->n > 0; i++) {
		struct lie lie = take_lie(in);

		if (c->ext != NULL)
			ext_tell(c->ext, &lie);
		else
			xfs_tell(c->xfs, &lie);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_disks_load("menu");
	fuzz_disks_load("");
	xfs_disks_load("menu-xfs");
	xfs_disks_load("xfs");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	unsigned which = (unsigned)(fuzz_take(&in, 1) % (fuzz_disks_count + xfs_disks_count));
	struct changing c = {.also = fuzz_take(&in, 8)};
	static struct report report;

	for (unsigned i = 0; i < FLIPS; i++)
		c.flip[i] = fuzz_take(&in, 2);
	forgets = fuzz_take(&in, 8);
	calls = 0;
	if (which < fuzz_disks_count) {
		c.ext = &fuzz_disks[which];
		fuzz_disk_reset(c.ext);
	} else {
		c.xfs = &xfs_disks[which - fuzz_disks_count];
		xfs_disk_reset(c.xfs);
	}
	tell_lies(&c, &in);
	report = (struct report){0};
	c.block = (struct block){.read = changing_read, .name = S("disk"), .report = &report};
	if (c.ext != NULL) {
		fuzz_disk_seal(c.ext);
		c.block.size = c.ext->size;
	} else {
		xfs_disk_seal(c.xfs);
		c.block.size = c.xfs->size;
	}
	fuzz_use_changing(&c.block, XFS_LOG_MOST, use_menu);
	return 0;
}
