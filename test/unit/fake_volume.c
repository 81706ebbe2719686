/* A volume that is a table. */
#include "test/unit/fake_volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/glob.h"

struct fake {
	struct volume volume;
	const struct fake_file *files;
	size_t n;
};

static enum status find(struct volume *v, struct str path, const struct fake_file **found)
{
	const struct fake *fake = (const struct fake *)v;

	for (size_t i = 0; i < fake->n; i++) {
		const struct fake_file *f = &fake->files[i];

		if (!glob_match(str_of(f->path), path))
			continue;
		if (f->fails != OK)
			return fail(v->report, f->fails, "%.*s: %s", STR_ARG(path),
				    status_words(f->fails));
		*found = f;
		return OK;
	}
	return fail(v->report, E_NOT_FOUND, "%.*s: no such file", STR_ARG(path));
}

static enum status info(struct volume *v, struct str path, bool follow, struct file_info *out)
{
	const struct fake_file *f;
	enum status status = find(v, path, &f);

	(void)follow;
	if (status == OK)
		*out = (struct file_info){.type = f->type, .size = f->size};
	return status;
}

static enum status read(struct volume *v, struct str path, uint64_t offset, void *to, size_t bytes)
{
	const struct fake_file *f;
	enum status status = find(v, path, &f);

	if (status != OK)
		return status;
	if (f->type != FILE_REGULAR)
		return fail(v->report, E_WRONG_TYPE, "%.*s: no regular file", STR_ARG(path));
	if (offset > f->size || bytes > f->size - offset)
		return fail(v->report, E_LIMIT, "%.*s: ends before that", STR_ARG(path));
	if (f->data == NULL)
		memset(to, 0, bytes);
	else
		memcpy(to, (const char *)f->data + offset, bytes);
	return OK;
}

static enum status list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	(void)fn, (void)context;
	return fail(v->report, E_WRONG_TYPE, "%.*s: not listed here", STR_ARG(path));
}

static enum status readlink(struct volume *v, struct str path, struct arena *a, struct str *target)
{
	(void)a, (void)target;
	return fail(v->report, E_WRONG_TYPE, "%.*s: no symlink", STR_ARG(path));
}

static void close(struct volume *v)
{
	free(v);
}

static const struct volume_ops ops = {info, read, list, readlink, NULL, close};

struct volume *fake_volume(const struct fake_file *files, size_t n, struct report *report)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	if (fake == NULL)
		abort();
	fake->volume = (struct volume){.ops = &ops,
				       .type = "fake",
				       .name = S("fake"),
				       .report = report,
				       .admin = "fake_admin",
				       .new_uuid = "-U new"};
	fake->files = files;
	fake->n = n;
	return &fake->volume;
}
