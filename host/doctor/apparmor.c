/* AppArmor's rules (apparmor.d(5)), as far as they say which files QEMU may read. */
#include "host/doctor/apparmor.h"

#include <dirent.h>
#include <string.h>

#include "config/lines/text.h"

#define PROFILES   "/etc/apparmor.d"
#define FILE_MAX   (1u << 20)
#define DEPTH_MAX  6
#define RULES_MAX  10000
#define STEPS_MAX  100000 /* of one match */
#define BRACES_MAX 8      /* one within the other */

struct reading {
	const struct tree *tree;
	struct arena *arena;
	struct apparmor_rule *first, **end;
	unsigned count;
};

bool apparmor_is_on(const struct tree *t)
{
	struct arena arena = {0};
	struct str enabled = S("");
	static struct host_file place;
	bool on = tree_read(t, "/sys/module/apparmor/parameters/enabled", 8, &arena, &enabled) &&
		  str_starts(enabled, S("Y")) &&
		  tree_walk(t, PROFILES "/abstractions/libvirt-qemu", NULL, NULL, &place) == 0;

	arena_free(&arena);
	return on;
}

/* Cuts the first word off *LINE; in quotes it may have blanks. */
static struct str cut_word(struct str *line)
{
	*line = str_trim(*line);
	if (str_cut_prefix(line, S("\"")))
		return str_cut(line, '"');
	for (size_t i = 0; i < line->n; i++) {
		if (str_is_blank(line->p[i])) {
			struct str word = {line->p, i};

			*line = str_trim(str_skip(*line, i));
			return word;
		}
	}
	return str_cut(line, '\0');
}

/* LINE is a rule, without its comma: "/var/lib/x r", "owner file r /x", "deny /y w". */
static void read_rule(struct reading *r, struct str line)
{
	struct apparmor_rule rule = {0}, *made;
	struct str rights = S("");

	while (line.n > 0) {
		struct str word = cut_word(&line);

		if (str_eq(word, S("deny")))
			rule.denies = true;
		else if (str_starts(word, S("/")))
			rule.glob = word;
		else if (!str_eq(word, S("owner")) && !str_eq(word, S("audit")) &&
			 !str_eq(word, S("allow")) && !str_eq(word, S("file")))
			rights = word;
		if (str_eq(word, S("->")))
			break;
	}
	if (rule.glob.n == 0 || str_find(rights, 'r') == rights.n || r->count == RULES_MAX)
		return;
	made = arena_array(r->arena, 1, sizeof(*made));
	if (made == NULL)
		return;
	*made = rule;
	*r->end = made;
	r->end = &made->next;
	r->count++;
}

/* LINE may have several: "/x r, /y r,". Commas within {a,b} end none. */
static void read_rules(struct reading *r, struct str line)
{
	while (line.n > 0) {
		size_t end = text_find(line, S(" r,"));
		struct str rule = {line.p, end < line.n ? end + 3 : end};

		line = str_skip(line, rule.n);
		while (rule.n > 0 &&
		       (rule.p[rule.n - 1] == ',' || str_is_blank(rule.p[rule.n - 1])))
			rule.n--;
		read_rule(r, rule);
	}
}

static void read_file(struct reading *r, const char *path, unsigned depth);

/* Reads the file or, if it is one, the files in the directory PATH. */
static void read_any(struct reading *r, const char *path, unsigned depth)
{
	struct host_file *place = arena_array(r->arena, 1, sizeof(*place));
	const struct dirent *e;
	DIR *dir;

	if (place == NULL || tree_walk(r->tree, path, NULL, NULL, place) != 0)
		return;
	dir = S_ISDIR(place->st.st_mode) ? opendir(place->file) : NULL;
	if (dir == NULL)
		read_file(r, path, depth);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		struct str file;

		if (e->d_name[0] != '.' && e->d_type != DT_DIR &&
		    str_fmt(r->arena, &file, "%s/%s", path, e->d_name))
			read_file(r, file.p, depth);
	}
	if (dir != NULL)
		closedir(dir);
}

/* LINE is what follows the word "include": "<abstractions/base>", "if exists <local/x>". */
static void read_include(struct reading *r, struct str line, unsigned depth)
{
	size_t from = str_find(line, '<'), to = str_find(line, '>');
	struct str path;

	if (from < to && to < line.n &&
	    str_fmt(r->arena, &path, PROFILES "/%.*s", (int)(to - from - 1), line.p + from + 1))
		read_any(r, path.p, depth + 1);
}

static void read_file(struct reading *r, const char *path, unsigned depth)
{
	struct str text;

	if (depth > DEPTH_MAX || !tree_read(r->tree, path, FILE_MAX, r->arena, &text))
		return;
	while (text.n > 0) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (!str_starts(line, S("#")))
			line.n = text_find(line, S(" #")); /* a comment */
		if (str_cut_prefix(&line, S("#include ")) || str_cut_prefix(&line, S("include ")))
			read_include(r, line, depth);
		else if (!str_starts(line, S("#")))
			read_rules(r, line);
	}
}

struct apparmor_rule *apparmor_read(const struct tree *t, struct arena *arena)
{
	struct reading r = {.tree = t, .arena = arena};

	r.end = &r.first;
	read_file(&r, PROFILES "/libvirt/TEMPLATE.qemu", 0);
	read_file(&r, PROFILES "/abstractions/libvirt-qemu", 0);
	return r.first;
}

static bool matches(struct str glob, struct str path, unsigned depth, unsigned *steps);

/* GLOB begins behind a '{': tries each alternative with what follows the '}'. */
static bool matches_braces(struct str glob, struct str path, unsigned depth, unsigned *steps)
{
	size_t end = str_find(glob, '}');
	struct str choices = {glob.p, end};
	char joined[TREE_PATH_MAX];

	if (end == glob.n || depth == BRACES_MAX)
		return false;
	for (bool more = true; more;) {
		bool last = str_find(choices, ',') == choices.n;
		struct str one = str_cut(&choices, ','), rest = str_skip(glob, end + 1);

		more = !last;
		if (one.n + rest.n > sizeof(joined))
			continue;
		memcpy(joined, one.p, one.n);
		memcpy(joined + one.n, rest.p, rest.n);
		if (matches((struct str){joined, one.n + rest.n}, path, depth + 1, steps))
			return true;
	}
	return false;
}

/* "*" does not match '/', "**" does. Alone between two '/', or behind the last, either matches one
 * character at least that is not a '/'. */
static bool matches_star(struct str glob, struct str path, unsigned depth, unsigned *steps)
{
	bool deep = str_starts(glob, S("**"));

	size_t least;

	while (str_cut_prefix(&glob, S("*")))
		;
	least = path.p[-1] == '/' && (glob.n == 0 || glob.p[0] == '/');
	if (least > 0 && (path.n == 0 || path.p[0] == '/'))
		return false;
	for (size_t i = 0;; i++) {
		if (i >= least && matches(glob, str_skip(path, i), depth, steps))
			return true;
		if (i == path.n || (!deep && path.p[i] == '/'))
			return false;
	}
}

/* GLOB begins behind a '['. */
static bool matches_class(struct str glob, struct str path, unsigned depth, unsigned *steps)
{
	size_t end = str_find(glob, ']');
	bool inside = false, others = end > 0 && glob.p[0] == '^';

	if (end == glob.n || path.n == 0)
		return false;
	for (size_t i = others; i < end; i++) {
		if (i + 2 < end && glob.p[i + 1] == '-')
			inside |= path.p[0] >= glob.p[i] && path.p[0] <= glob.p[i + 2];
		else
			inside |= path.p[0] == glob.p[i];
	}
	return inside != others &&
	       matches(str_skip(glob, end + 1), str_skip(path, 1), depth, steps);
}

static bool matches(struct str glob, struct str path, unsigned depth, unsigned *steps)
{
	for (; glob.n > 0; glob = str_skip(glob, 1), path = str_skip(path, 1)) {
		if (++*steps > STEPS_MAX)
			return false;
		if (glob.p[0] == '*')
			return matches_star(glob, path, depth, steps);
		if (glob.p[0] == '{')
			return matches_braces(str_skip(glob, 1), path, depth, steps);
		if (glob.p[0] == '[')
			return matches_class(str_skip(glob, 1), path, depth, steps);
		if (path.n == 0 ||
		    (glob.p[0] != path.p[0] && (glob.p[0] != '?' || path.p[0] == '/')))
			return false;
	}
	return path.n == 0;
}

bool apparmor_lets(const struct apparmor_rule *rules, const char *path)
{
	bool lets = false;

	for (const struct apparmor_rule *r = rules; r != NULL; r = r->next) {
		unsigned steps = 0;

		if (!matches(r->glob, str_of(path), 0, &steps))
			continue;
		if (r->denies)
			return false;
		lets = true;
	}
	return lets;
}

static bool starts_with_one(const char *path, const char *const *prefixes)
{
	while (*prefixes != NULL && !str_starts(str_of(path), str_of(*prefixes)))
		prefixes++;
	return *prefixes != NULL;
}

bool apparmor_refuses(const char *path)
{
	static const char *const refused[] = {"/bin/",
					      "/etc/",
					      "/lib",
					      "/lost+found/",
					      "/proc/",
					      "/sbin/",
					      "/selinux/",
					      "/sys/",
					      "/usr/bin/",
					      "/usr/lib",
					      "/usr/sbin/",
					      "/usr/share/",
					      "/usr/local/bin/",
					      "/usr/local/etc/",
					      "/usr/local/lib",
					      "/usr/local/sbin/",
					      NULL};

	return starts_with_one(path, refused);
}
