/* `partless ls`: names, types and sizes. */
#include <stdio.h>

#include "base/arena.h"
#include "host/command.h"
#include "host/path.h"

struct listing {
	struct volume *volume;
	struct str path;   /* of the directory */
	enum status worst; /* of its names */
};

/* The length of the UTF-8 character at P that a terminal shows as such, or 0. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	unsigned long c = p[0] & (0x7fu >> length);

	if (p[0] < 0xc2 || p[0] > 0xf4 || length > n)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	/* Not the C1 controls, overlong forms, surrogates, or what is past Unicode. */
	if (c < 0xa0 || (length == 3 && c < 0x800) || (length == 4 && c < 0x10000) ||
	    (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	return length;
}

/* As `ls -b`: no name can look like another, or steer the terminal. */
static void put_escaped(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0, n; i < s.n; i += n) {
		size_t utf8 = utf8_length(p + i, s.n - i);

		n = utf8 > 0 ? utf8 : 1;
		if (p[i] == ' ' || p[i] == '\\')
			printf("\\%c", p[i]);
		else if (p[i] > ' ' && p[i] < 0x7f)
			putchar(p[i]);
		else if (utf8 > 0)
			fwrite(p + i, 1, n, stdout);
		else
			printf("\\%03o", p[i]);
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
