/* A volume that is used in every way. */
#include "test/unit/used_volume.h"

#include "base/arena.h"
#include "fs/filesystems.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

struct volume *open_disk(struct memory_disk *d)
{
	struct volume *v = NULL;

	assert_int_equal(fs_open(&d->block, &v), OK);
	d->requests = 0;
	return v;
}

enum status count_name(void *context, struct str name, enum file_type type)
{
	(void)name;
	(void)type;
	++*(unsigned *)context;
	return OK;
}

/* Everything that a volume can be asked for; the first failure ends it. */
static enum status use(struct memory_disk *d, const struct used_disk *used)
{
	struct volume *v = NULL;
	struct arena arena = {0};
	struct file_info info;
	struct str text;
	char buf[10];
	unsigned names = 0;
	enum status s = fs_open(&d->block, &v);

	if (s == OK)
		s = vol_info(v, used->link, &info);
	if (s == OK)
		s = vol_list(v, S("/d"), count_name, &names);
	if (s == OK)
		s = vol_readlink(v, used->link, &arena, &text);
	if (s == OK)
		s = vol_load(v, S("/d/f"), 100000, &arena, &text);
	if (s == OK)
		s = vol_read(v, S("/d/f"), 4000, buf, sizeof(buf));
	if (s == OK) {
		assert_int_equal(names, used->names);
		assert_int_equal(text.n, 30000);
		assert_memory_equal(text.p + 4000, buf, sizeof(buf));
	}
	arena_free(&arena);
	vol_close(v);
	assert_int_equal(memory_used, 0);
	return s;
}

void any_read_may_fail(const struct used_disk *used, unsigned least)
{
	struct memory_disk *d = disk_make(used->commands);

	assert_int_equal(use(d, used), OK);
	unsigned total = d->requests;
	assert_true(total > least);
	for (unsigned n = 1; n <= total; n++) {
		d->requests = 0;
		d->fail_at = n;
		d->report = (struct report){0};
		assert_int_equal(use(d, used), E_IO);
		assert_true(disk_said(d, "the disk fails"));
		assert_true(disk_said(d, "disk: cannot"));
	}
	disk_free(d);
}

void any_allocation_may_fail(const struct used_disk *used)
{
	struct memory_disk *d = disk_make(used->commands);
	unsigned failures = 0;

	for (memory_budget = 0; use(d, used) != OK; memory_budget += 1000) {
		assert_true(disk_said(d, "no memory"));
		d->report = (struct report){0};
		failures++;
	}
	memory_budget = SIZE_MAX;
	assert_true(failures > 10);
	disk_free(d);
}
