/* Volumes that are written down as text. */
#include "test/unit/tree_volume.h"

#include <stdlib.h>

#include "fs/volume.h"
#include "test/unit/test.h"

#define FILES_MAX 1024
#define LINKS_MAX 40
#define SIZE      4096 /* of a file whose content is not given */
#define EMPTY     " (empty)"

uint64_t tree_inode;
int64_t tree_changed;

struct file {
	const char *path, *target; /* of a symlink; else NULL */
	const char *data;
	size_t size;
	unsigned tree;
};

struct files {
	struct file file[FILES_MAX];
	unsigned count;
};

struct tree {
	struct volume volume;
	struct files *files;
	unsigned number;
};

enum kind { NOTHING, FILE_HERE, LINK_HERE, DIRECTORY_HERE };

static enum kind look_up(const struct tree *t, const char *path, const struct file **found)
{
	size_t n = strlen(path);

	for (unsigned i = 0; i < t->files->count; i++) {
		const struct file *f = &t->files->file[i];

		if (f->tree != t->number || strncmp(f->path, path, n) != 0)
			continue;
		*found = f;
		if (f->path[n] == '\0')
			return f->target != NULL ? LINK_HERE : FILE_HERE;
		if (f->path[n] == '/')
			return DIRECTORY_HERE;
	}
	return n == 0 ? DIRECTORY_HERE : NOTHING;
}

/* Walks PATH and follows symlinks; REAL is what it comes to, without a '/' at its end. */
static enum kind resolve(const struct tree *t, struct str path, bool follow, char *real,
			 const struct file **found)
{
	char rest[2 * PATH_MAX_BYTES], next[2 * PATH_MAX_BYTES], *part, *state = rest;
	unsigned links = 0;
	enum kind kind = DIRECTORY_HERE;

	snprintf(rest, sizeof(rest), "%.*s", (int)path.n, path.p);
	real[0] = '\0';
	while ((part = strsep(&state, "/")) != NULL) {
		if (part[0] == '\0' || strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0) {
			if (strrchr(real, '/') != NULL)
				*strrchr(real, '/') = '\0';
			continue;
		}
		if (kind != DIRECTORY_HERE)
			return NOTHING;
		strcat(strcat(real, "/"), part);
		kind = look_up(t, real, found);
		if (kind != LINK_HERE || (state == NULL && !follow))
			continue;
		if (links++ == LINKS_MAX)
			return NOTHING;
		snprintf(next, sizeof(next), "%s/%s", (*found)->target, state ? state : "");
		*strrchr(real, '/') = '\0';
		if (next[0] == '/')
			real[0] = '\0';
		memcpy(rest, next, sizeof(rest));
		state = rest;
		kind = DIRECTORY_HERE;
	}
	return look_up(t, real, found);
}

static enum status missing(struct volume *v, struct str path)
{
	return fail(v->report, E_NOT_FOUND, "%.*s: no such file", STR_ARG(path));
}

static enum status info(struct volume *v, struct str path, bool follow, struct file_info *out)
{
	char real[PATH_MAX_BYTES];
	const struct file *f = NULL;
	enum kind kind = resolve((struct tree *)v, path, follow, real, &f);
	uint64_t number = tree_inode;

	if (kind == NOTHING)
		return missing(v, path);
	if (number != 0 && f != NULL)
		number += (uint64_t)(f - ((struct tree *)v)->files->file);
	*out = (struct file_info){.type = kind == DIRECTORY_HERE ? FILE_DIRECTORY
					  : kind == LINK_HERE    ? FILE_SYMLINK
								 : FILE_REGULAR,
				  .size = kind == FILE_HERE ? f->size : 0,
				  .inode = number,
				  .changed = tree_changed};
	return OK;
}

static enum status read(struct volume *v, struct str path, uint64_t offset, void *to, size_t bytes)
{
	char real[PATH_MAX_BYTES];
	const struct file *f = NULL;

	if (resolve((struct tree *)v, path, true, real, &f) != FILE_HERE)
		return fail(v->report, E_WRONG_TYPE, "%.*s: no regular file", STR_ARG(path));
	if (offset > f->size || bytes > f->size - offset)
		return fail(v->report, E_LIMIT, "%.*s: ends before that", STR_ARG(path));
	if (f->data == NULL)
		for (size_t i = 0; i < bytes; i++)
			((char *)to)[i] = offset + i < 6 ? "070701"[offset + i] : '\0';
	else
		memcpy(to, f->data + offset, bytes);
	return OK;
}

static bool seen_before(const struct tree *t, unsigned index, const char *name, size_t n)
{
	for (unsigned i = 0; i < index; i++) {
		const struct file *f = &t->files->file[i];

		if (f->tree == t->number && strncmp(f->path, name, n) == 0 &&
		    (f->path[n] == '\0' || f->path[n] == '/'))
			return true;
	}
	return false;
}

static enum status list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	const struct tree *t = (struct tree *)v;
	char real[PATH_MAX_BYTES];
	const struct file *found = NULL;
	enum kind kind = resolve(t, path, true, real, &found);
	size_t n = strlen(real);
	enum status status = OK;

	if (kind == NOTHING)
		return missing(v, path);
	if (kind != DIRECTORY_HERE)
		return fail(v->report, E_WRONG_TYPE, "%.*s: no directory", STR_ARG(path));
	for (unsigned i = 0; i < t->files->count && status == OK; i++) {
		const struct file *f = &t->files->file[i];
		size_t end;

		if (f->tree != t->number || strncmp(f->path, real, n) != 0 || f->path[n] != '/')
			continue;
		end = n + 1 + strcspn(f->path + n + 1, "/");
		if (!seen_before(t, i, f->path, end))
			status = fn(context, (struct str){f->path + n + 1, end - n - 1},
				    f->path[end] == '/' ? FILE_DIRECTORY
				    : f->target         ? FILE_SYMLINK
							: FILE_REGULAR);
	}
	return status;
}

static enum status readlink(struct volume *v, struct str path, struct arena *a, struct str *target)
{
	char real[PATH_MAX_BYTES];
	const struct file *f = NULL;
	enum kind kind = resolve((struct tree *)v, path, false, real, &f);

	if (kind == NOTHING)
		return missing(v, path);
	if (kind != LINK_HERE)
		return fail(v->report, E_WRONG_TYPE, "%.*s: no symlink", STR_ARG(path));
	return str_dup(a, str_of(f->target), target) ? OK : E_NO_MEMORY;
}

static void close(struct volume *v)
{
	free((void *)(uintptr_t)v->name.p);
	free(v);
}

static const struct volume_ops ops = {info, read, list, readlink, NULL, close};

static void add_volume(struct trees *t, struct report *r, unsigned disk, unsigned partition)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	unsigned n = t->places.count++;
	char *name = NULL;

	assert_true(n < TREES_MAX);
	assert_non_null(tree);
	assert_true(asprintf(&name, "disk %u, partition %u", disk, partition) > 0);
	tree->volume =
		(struct volume){.ops = &ops, .type = "tree", .name = str_of(name), .report = r};
	tree->files = t->files;
	tree->number = n;
	t->volume[n] = &tree->volume;
	t->place[n] = (struct place){&tree->volume, disk, partition};
}

static void another_volume(struct trees *t, struct report *r, char *line)
{
	unsigned disk, partition;
	char uuid[37] = "", label[64] = "";
	struct volume *v;

	assert_true(sscanf(line, "=== %u %u %36s %63[^\n]", &disk, &partition, uuid, label) >= 2);
	add_volume(t, r, disk, partition);
	v = t->volume[t->places.count - 1];
	strcpy(v->uuid, uuid);
	v->label = str_of(strdup(label));
}

void trees_make(struct trees *t, char *text, struct report *r)
{
	struct files *files = calloc(1, sizeof(*files));
	char *line;

	assert_non_null(files);
	*t = (struct trees){.files = files, .places = {.p = t->place}};
	add_volume(t, r, 0, 0);
	while ((line = text) != NULL && *line != '\0') {
		char *end = strchr(line, '\n');
		struct file *f;

		text = end != NULL ? end + 1 : line + strlen(line);
		if (strncmp(line, "==> ", 4) != 0 && strncmp(line, "=== ", 4) != 0) {
			assert_true(files->count > 0);
			f = &files->file[files->count - 1];
			if (f->data == NULL)
				f->data = line;
			f->size = (size_t)(text - f->data);
			continue;
		}
		if (end != NULL)
			*end = '\0';
		if (line[2] == '=') {
			another_volume(t, r, line);
			continue;
		}
		assert_true(files->count < FILES_MAX);
		f = &files->file[files->count++];
		*f = (struct file){.path = line + 4, .size = SIZE, .tree = t->places.count - 1};
		if (strstr(line, EMPTY) != NULL) {
			*strstr(line, EMPTY) = '\0';
			f->size = 0;
		}
		if (strstr(line, " -> ") != NULL) {
			f->target = strstr(line, " -> ") + 4;
			*strstr(line, " -> ") = '\0';
		}
	}
}

void trees_free(struct trees *t)
{
	for (unsigned i = 0; i < t->places.count; i++) {
		if (t->volume[i]->label.n > 0 || t->volume[i]->label.p != NULL)
			free((void *)(uintptr_t)t->volume[i]->label.p);
		vol_close(t->volume[i]);
	}
	free(t->files);
}
