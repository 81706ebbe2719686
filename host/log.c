/* `partless log`: what a guest's firmware keeps for the boot loader. */
#include <argp.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf16.h"
#include "config/kept.h"
#include "host/command.h"
#include "host/json.h"
#include "host/menu.h"
#include "host/varstore.h"
#include "loader/keep.h"
#include "loader/vendors.h"

/* Variables that hold one text each: of the Boot Loader Interface in UTF-16, of Partless in UTF-8.
 */
static const struct fact {
	enum vendor vendor;
	const char *name;
	const char *key;  /* in JSON */
	const char *says; /* to a person, before the text */
} facts[] = {
	{VENDOR_LOADER, "LoaderEntryOneShot", "oneshot", "The next boot alone starts"},
	{VENDOR_LOADER, "LoaderEntryDefault", "default", "The default is"},
	{VENDOR_LOADER, "LoaderEntryLastBooted", "last_booted",
	 "The entry saved at the last boot is"},
	{VENDOR_LOADER, "LoaderConfigTimeout", "timeout", "The menu's timeout is"},
	{VENDOR_LOADER, "LoaderConfigTimeoutOneShot", "timeout_oneshot",
	 "The menu's timeout, at the next boot alone, is"},
	{VENDOR_PARTLESS, LAST_NAME, "last_entry", "Partless last started"},
};

#define FACTS (sizeof(facts) / sizeof(*facts))

/* Variables of Partless, several of each kind, that hold lines in UTF-8. Each is named by these
 * letters and by KEPT_DIGITS hexadecimal digits. */
static const char *const kept[] = {KEPT_GRUBENV "-", KEPT_TRIES "-"};

#define KEPT_DIGITS 8

struct log {
	struct varstore *store;
	struct arena arena;
	struct report report;
	struct str texts[FACTS];
	bool there[FACTS]; /* the text may be empty */
	bool bad;          /* a variable is not the text that it has to be */
	bool any;          /* anything is kept */
	bool json;
	const char *path;
};

static bool is_kept(const struct variable *v)
{
	struct str rest = v->name;
	bool is = false;

	if (memcmp(v->vendor, vendor_guids[VENDOR_PARTLESS], GUID_BYTES) != 0)
		return false;
	for (size_t i = 0; !is && i < sizeof(kept) / sizeof(*kept); i++)
		is = str_cut_prefix(&rest, str_of(kept[i]));
	for (size_t i = 0; is && i < rest.n; i++)
		is = isxdigit((unsigned char)rest.p[i]);
	return is && rest.n == KEPT_DIGITS;
}

/* Reads the text of a fact's variable. A NUL ends it. */
static enum status read_text(struct log *l, const struct fact *f, struct str data, struct str *text)
{
	size_t n = 0, units = data.n / 2;
	const le16 *p = (const le16 *)data.p;
	char *to;

	if (f->vendor == VENDOR_PARTLESS) {
		*text = (struct str){data.p, str_find(data, '\0')};
		return OK;
	}
	if (data.n % 2 != 0)
		return fail(&l->report, E_CORRUPT,
			    "the variable %s in %s has %zu bytes, which is no text in UTF-16: it "
			    "is left out; let the program that wrote it write it again",
			    f->name, l->path, data.n);
	while (n < units && get_le16(p[n]) != 0)
		n++;
	to = arena_array(&l->arena, n, 3);
	if (to == NULL)
		return fail(&l->report, E_NO_MEMORY, "no memory for the variable %s in %s", f->name,
			    l->path);
	*text = utf16_decode(p, n, to);
	return OK;
}

static void read_facts(struct log *l)
{
	for (size_t i = 0; i < FACTS; i++) {
		const struct fact *f = &facts[i];
		const struct variable *v =
			varstore_get(l->store, vendor_guids[f->vendor], str_of(f->name));

		if (v == NULL)
			continue;
		l->there[i] = read_text(l, f, v->data, &l->texts[i]) == OK;
		l->bad |= !l->there[i];
		l->any |= l->there[i];
	}
	for (const struct variable *v = varstore_first(l->store); v != NULL; v = v->next)
		l->any |= is_kept(v);
}

/* Prints the lines of TEXT below a heading. */
static void print_kept(struct str name, struct str text)
{
	menu_print(name);
	puts(":");
	while (text.n > 0) {
		printf("  ");
		menu_print(str_cut(&text, '\n'));
		putchar('\n');
	}
}

static void print_log(const struct log *l)
{
	for (size_t i = 0; i < FACTS; i++) {
		if (!l->there[i])
			continue;
		printf("%s '", facts[i].says);
		menu_print(l->texts[i]);
		puts("'.");
	}
	for (const struct variable *v = varstore_first(l->store); v != NULL; v = v->next) {
		if (is_kept(v))
			print_kept(v->name, v->data);
	}
	if (!l->any && !l->bad)
		puts("The firmware keeps nothing for the boot loader.");
}

static void print_json(const struct log *l)
{
	const char *between = "";

	putchar('{');
	for (size_t i = 0; i < FACTS; i++) {
		printf("\"%s\": ", facts[i].key);
		if (l->there[i])
			json_string(stdout, l->texts[i]);
		else
			printf("null");
		printf(",\n ");
	}
	printf("\"kept\": [");
	for (const struct variable *v = varstore_first(l->store); v != NULL; v = v->next) {
		if (!is_kept(v))
			continue;
		printf("%s\n  {\"name\": ", between);
		json_string(stdout, v->name);
		printf(", \"text\": ");
		json_string(stdout, v->data);
		putchar('}');
		between = ",";
	}
	puts("]}");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct log *l = state->input;

	switch (key) {
	case 'j':
		l->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "one file of variables at a time");
		l->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which file of variables?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int log_main(int argc, char **argv)
{
	const struct argp_option options[] = {{"json", 'j', NULL, 0, "Print JSON", 0}, {0}};
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "VARS.fd",
		.doc = "Prints what a guest's firmware keeps for the boot loader. VARS.fd is the "
		       "guest's flash, the file in which its firmware keeps variables.\v"
		       "Exit codes: 0 it keeps something, 1 it keeps nothing, 2 could not tell.",
	};
	static struct log l;
	int code = EXIT_ERROR;

	argp_parse(&argp, argc, argv, 0, NULL, &l);
	if (varstore_open(l.path, &l.report, &l.store) == OK) {
		read_facts(&l);
		if (l.json)
			print_json(&l);
		else
			print_log(&l);
		code = l.bad ? EXIT_ERROR : l.any ? EXIT_YES : EXIT_NO;
	}
	output_flush();
	print_report(&l.report, stderr, "partless: ");
	varstore_close(l.store);
	arena_free(&l.arena);
	return code;
}
