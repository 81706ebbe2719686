/* `partless ls`: names, types and sizes. */
#include <stdio.h>

#include "base/arena.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "host/command.h"
#include "host/path.h"

struct listing {
	struct volume *volume;
	struct str path;   /* of the directory */
	enum status worst; /* of its names */
};

/* As `ls -b`: no name can look like another, or steer the terminal. */
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
		s = (struct str){s.p + n, s.n - n};
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

static enum status put_line(struct volume *v, struct str path, struct str name)
{
	struct arena arena = {0};
	struct file_info info;
	struct str target = {0};
	enum status status = vol_info_link(v, path, &info);

	if (status == OK && info.type == FILE_SYMLINK)
		status = vol_readlink(v, path, &arena, &target);
	if (status == OK) {
		printf("%-7s %12lu ", type_word(info.type), (unsigned long)info.size);
		put_escaped(name);
		if (info.type == FILE_SYMLINK)
			fputs(" -> ", stdout);
		put_escaped(target);
		putchar('\n');
	}
	arena_free(&arena);
	return status;
}

static enum status put_name(void *context, struct str name, enum file_type type)
{
	struct listing *l = context;
	struct arena arena = {0};
	struct str path;
	enum status status;

	(void)type;
	if (!str_fmt(&arena, &path, "%.*s/%.*s", STR_ARG(l->path), STR_ARG(name)))
		return fail(l->volume->report, E_NO_MEMORY, "no memory for a path");
	status = put_line(l->volume, path, name);
	arena_free(&arena);
	/* A damaged inode costs its line. */
	if (status != OK) {
		l->worst = status;
		printf("%-7s %12s ", "?", "?");
		put_escaped(name);
		putchar('\n');
	}
	return OK;
}

static enum status ls(struct volume *v, struct str path)
{
	struct listing l = {v, path, OK};
	struct file_info info;
	enum status status = vol_info_link(v, path, &info);

	if (status == OK && (info.type == FILE_DIRECTORY || str_ends(path, S("/"))))
		status = vol_list(v, path, put_name, &l);
	else if (status == OK)
		status = put_line(v, path, path);
	return status == OK ? l.worst : status;
}

int ls_main(int argc, char **argv)
{
	struct path_args args = path_parse(
		argc, argv,
		"Lists the directory PATH on the disk IMAGE, or the one file, a line for each "
		"name: "
		"type, size in bytes, name, and a symlink's target behind ' -> '. In names and "
		"targets spaces and backslashes have a backslash before them, and what cannot be "
		"printed is written in octal as \\ooo.");

	return path_run(&args, ls);
}
