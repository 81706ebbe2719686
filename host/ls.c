/* `partless ls`: names, types and sizes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "config/lines/text.h"
#include "host/command.h"
#include "host/path.h"

/* The most memory that the lines of a directory take. A name costs some 100 bytes. */
#define LISTING_MEMORY (128u << 20)

/* One name of a directory. */
struct line {
	struct line *next;
	struct str name, target; /* a symlink's target; else "" */
	enum status status;      /* when it is not OK, only the name is known */
	struct file_info info;
};

struct listing {
	struct volume *volume;
	struct str path; /* of the directory */
	struct arena arena;
	struct line *lines; /* the newest first */
	size_t count;
	bool more;  /* LISTING_MEMORY had no room for all names */
	bool limit; /* a name could not be looked at because of a limit; it is told once */
};

/* Escapes as `ls -b` does: no two names look alike, and none can control the terminal. */
static void put_escaped(struct str s)
{
	while (s.n > 0) {
		uint32_t c = 0;
		size_t n = utf8_decode(s, &c);
		bool shown = n > 0 && char_is_printable(c);

		n += n == 0;
		if (c == ' ' || c == '\\')
			putchar('\\');
		if (shown)
			fwrite(s.p, 1, n, stdout);
		for (size_t i = 0; !shown && i < n; i++)
			printf("\\%03o", (unsigned char)s.p[i]);
		s = str_skip(s, n);
	}
}

static const char *type_word(enum file_type type)
{
	switch (type) {
	case FILE_REGULAR:
		return "file";
	case FILE_DIRECTORY:
		return "dir";
	case FILE_SYMLINK:
		return "link";
	default:
		return "special";
	}
}

static void put_line(const struct line *line)
{
	bool link = line->status == OK && line->info.type == FILE_SYMLINK;

	if (line->status == OK)
		printf("%-7s %12lu ", type_word(line->info.type), (unsigned long)line->info.size);
	else
		printf("%-7s %12s ", "?", "?");
	put_escaped(line->name);
	fputs(link ? " -> " : "", stdout);
	put_escaped(line->target);
	putchar('\n');
}

/* Fills in LINE, except its name, for what is at PATH. */
static enum status read_line(struct volume *v, struct str path, struct arena *a, struct line *line)
{
	enum status status = vol_info_link(v, path, &line->info);

	if (status == OK && line->info.type == FILE_SYMLINK)
		status = vol_readlink(v, path, a, &line->target);
	return status;
}

/* Adds the line of one name. E_NO_MEMORY, not reported, when LISTING_MEMORY is used up. */
static enum status add_line(struct listing *l, struct str name)
{
	struct line *line = arena_array(&l->arena, 1, sizeof(*line));
	struct arena scratch = {0};
	struct str path;

	if (line == NULL || !str_dup(&l->arena, name, &line->name))
		return E_NO_MEMORY;
	if (!str_fmt(&scratch, &path, "%.*s/%.*s", STR_ARG(l->path), STR_ARG(name)))
		return E_NO_MEMORY;
	line->status = read_line(l->volume, path, &l->arena, line);
	arena_free(&scratch);
	if (line->status == E_NO_MEMORY)
		return E_NO_MEMORY;
	line->next = l->lines;
	l->lines = line;
	l->count++;
	return OK;
}

static enum status add_name(void *context, struct str name, enum file_type type)
{
	struct listing *l = context;
	size_t mark = report_mark(l->volume->report);
	enum status status = add_line(l, name);

	(void)type;
	if (status == OK && l->lines->status == E_LIMIT) {
		if (l->limit)
			report_rewind(l->volume->report, mark);
		l->limit = true;
	}
	if (status == OK)
		return OK; /* a damaged inode does not end the listing */
	report_rewind(l->volume->report, mark);
	l->more = true;
	return E_LIMIT;
}

/* By bytes, as `ls` sorts in the C locale. */
static int compare(const void *a, const void *b)
{
	return text_compare((*(struct line *const *)a)->name, (*(struct line *const *)b)->name);
}

/* Prints the lines, sorted. Not OK when one of them is not. */
static enum status put_lines(struct listing *l)
{
	struct line **sorted = calloc(l->count + 1, sizeof(struct line *));
	enum status worst = OK;
	size_t n = 0;

	if (sorted == NULL)
		return fail(l->volume->report, E_NO_MEMORY, "no memory to sort %zu names",
			    l->count);
	for (struct line *line = l->lines; line != NULL; line = line->next)
		sorted[n++] = line;
	qsort(sorted, n, sizeof(struct line *), compare);
	for (size_t i = 0; i < n; i++) {
		put_line(sorted[i]);
		worst = sorted[i]->status != OK ? sorted[i]->status : worst;
	}
	free(sorted);
	return worst;
}

/* Lists a directory. If it is damaged, the names before the damage are listed. */
static enum status list(struct volume *v, struct str path)
{
	struct listing l = {.volume = v, .path = path, .arena = {.limit = LISTING_MEMORY}};
	enum status status = vol_list(v, path, add_name, &l), lines = put_lines(&l);

	if (l.more)
		status = fail(v->report, E_LIMIT,
			      "%.*s on %.*s: only %zu of its names are listed: more do not fit "
			      "into %u MiB of memory",
			      STR_ARG(path), STR_ARG(v->name), l.count, LISTING_MEMORY >> 20);
	arena_free(&l.arena);
	return status == OK ? lines : status;
}

static enum status list_one(struct volume *v, struct str path)
{
	struct line line = {.name = path};
	struct arena arena = {0};
	enum status status = read_line(v, path, &arena, &line);

	if (status == OK)
		put_line(&line);
	arena_free(&arena);
	return status;
}

static enum status ls(struct volume *v, struct str path)
{
	struct file_info info;
	enum status status = vol_info_link(v, path, &info);

	if (status != OK)
		return status;
	return info.type == FILE_DIRECTORY || str_ends(path, S("/")) ? list(v, path)
								     : list_one(v, path);
}

int ls_main(int argc, char **argv)
{
	struct path_args args = path_parse(
		argc, argv,
		"Lists the directory PATH on the disk IMAGE, or the one file, a line for each "
		"name, sorted by its bytes: "
		"type, size in bytes, name, and a symlink's target behind ' -> '. In names and "
		"targets spaces and backslashes have a backslash before them, and what cannot be "
		"printed is written in octal as \\ooo.");

	return path_run(&args, ls);
}
