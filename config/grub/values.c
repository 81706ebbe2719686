/* The commands of GRUB that hand back a value: facts about a device (`probe`), changed text (`tr`),
 * and what cannot be known before Linux runs, or on the host. */
#include "config/grub/values.h"

#include "base/mem.h"
#include "base/pe_format.h"
#include "base/utf8.h"
#include "config/grub/commands.h"
#include "config/grub/file.h"
#include "config/grub/options.h"
#include "config/grub/words.h"
#include "config/image/pe.h"

/* A remark quotes a statement up to so many bytes. */
#define STATEMENT_BYTES 90

/* The command's words in one line, for a remark. They live as long as those of the command. */
static struct str statement(struct grub *g, const struct grub_args *args)
{
	char *start = g->low;

	grub_words_bytes(g, args->name);
	for (unsigned i = 0; i < args->n; i++) {
		grub_words_bytes(g, S(" "));
		grub_words_bytes(g, args->v[i]);
	}
	return (struct str){start, (size_t)(g->low - start)};
}

bool grub_is_news(struct grub *g, struct str statement)
{
	for (unsigned i = 0; i < g->told; i++) {
		if (str_eq(g->statements[i], statement))
			return false;
	}
	if (g->told < CONFIG_NOTES)
		g->statements[g->told++] = grub_keep(g, statement);
	return true;
}

/* Reports once that STATEMENT asks WHAT and therefore fails. */
static void tell(struct grub *g, struct str statement, const char *what)
{
	if (!grub_is_news(g, statement))
		return;
	parse_note(g->p, g->line, "'%.*s' asks %s; it fails and sets no variable",
		   STR_ARG(utf8_cut(statement, STATEMENT_BYTES)), what);
}

static const char unknowable[] = "what cannot be known here";

int grub_cmd_unanswered(struct grub *g, struct grub_args *args)
{
	tell(g, statement(g, args), unknowable);
	return GRUB_IO;
}

int grub_cmd_untested(struct grub *g, struct grub_args *args)
{
	(void)grub_cmd_unanswered(g, args);
	return GRUB_FALSE;
}

/* The first word is a variable; without one GRUB waits for a key. */
int grub_cmd_read(struct grub *g, struct grub_args *args)
{
	return args->n == 0 ? GRUB_OK : grub_cmd_unanswered(g, args);
}

/* Prints sums, or with --check compares them. */
int grub_cmd_sum(struct grub *g, struct grub_args *args)
{
	for (unsigned i = 0; i < args->n; i++) {
		if (str_eq(args->v[i], S("-c")) || str_starts(args->v[i], S("--check")))
			return grub_cmd_untested(g, args);
	}
	return GRUB_OK;
}

/* datehook sets variables from the clock. */
int grub_cmd_insmod(struct grub *g, struct grub_args *args)
{
	if (args->n > 0 && str_eq(args->v[0], S("datehook")))
		(void)grub_cmd_unanswered(g, args);
	return GRUB_OK;
}

enum { SET, DRIVER, PARTMAP, FS, FS_UUID, LABEL, PART_UUID };

/* GRUB's name for the driver of a file system. */
static struct str driver_of(const struct volume *v)
{
	struct str type = str_of(v->type);

	return str_starts(type, S("ext")) ? S("ext2") : str_eq(type, S("FAT")) ? S("fat") : type;
}

/* *VALUE becomes what SAID asks about the device NAME; of several questions GRUB answers the first
 * in this order. Returns GRUB_OK or GRUB's error. */
static int probe(struct grub *g, const struct grub_options *said, struct str name,
		 struct str *value)
{
	const struct place *p = grub_device(g, name);
	int missing = p == NULL ? grub_missing(g, name) : GRUB_OK;
	bool whole = p == NULL || p->partition == 0;

	if (p == NULL && (missing == GRUB_NO_NET || str_find(name, ',') < name.n))
		return missing;
	*value = S("none");
	if (said->set[DRIVER])
		*value = S("efidisk");
	else if (said->set[PARTMAP] || said->set[PART_UUID])
		return whole ? GRUB_OK : GRUB_IO;
	else if (p == NULL)
		return GRUB_UNKNOWN_FS;
	else if (said->set[FS])
		*value = driver_of(p->volume);
	else if (said->set[FS_UUID])
		*value = str_of(p->volume->uuid);
	else if (said->set[LABEL])
		*value = p->volume->label;
	else
		return GRUB_BAD_ARGUMENT;
	return said->set[FS_UUID] && value->n == 0 ? GRUB_NOT_IMPLEMENTED : GRUB_OK;
}

int grub_cmd_probe(struct grub *g, struct grub_args *args)
{
	static const struct grub_option table[] = {
		[SET] = {"set", 's', OPTION_VALUE},
		[DRIVER] = {"driver", 'd', OPTION_FLAG},
		[PARTMAP] = {"partmap", 'p', OPTION_FLAG},
		[FS] = {"fs", 'f', OPTION_FLAG},
		[FS_UUID] = {"fs-uuid", 'u', OPTION_FLAG},
		[LABEL] = {"label", 'l', OPTION_FLAG},
		[PART_UUID] = {"part-uuid", 0, OPTION_FLAG},
		{0},
	};
	struct str asked = statement(g, args), name, value = {0};
	struct grub_options said;
	int result;

	if (!grub_options(args, table, false, &said) || args->n == 0)
		return GRUB_BAD_ARGUMENT;
	name = args->v[0];
	if (str_starts(name, S("(")) && str_ends(name, S(")")))
		name = (struct str){name.p + 1, name.n - 2};
	result = probe(g, &said, name, &value);
	if (result == GRUB_OK && said.set[SET])
		grub_set(g, said.value[SET], value);
	if (result == GRUB_NO_DEVICE || result == GRUB_NO_NET || result == GRUB_UNKNOWN_FS)
		tell(g, asked, "about a disk that is not here, or that Partless cannot read");
	else if (result != GRUB_OK && result != GRUB_BAD_ARGUMENT)
		tell(g, asked, unknowable);
	return result;
}

int grub_cmd_tr(struct grub *g, struct grub_args *args)
{
	enum { UP = 1, DOWN };
	static const struct grub_option table[] = {
		{"set", 's', OPTION_VALUE},
		{"upcase", 'U', OPTION_FLAG},
		{"downcase", 'D', OPTION_FLAG},
		{0},
	};
	const struct str lower = S("abcdefghijklmnopqrstuvwxyz");
	const struct str upper = S("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	struct str from = {0}, to = {0}, text = {0};
	char *start = g->low;
	struct grub_options said;

	if (!grub_options(args, table, false, &said))
		return GRUB_BAD_ARGUMENT;
	if (said.set[UP] || said.set[DOWN]) {
		from = said.set[DOWN] ? upper : lower;
		to = said.set[DOWN] ? lower : upper;
	}
	if (args->n == 2 || args->n == 3) {
		from = args->v[0];
		to = args->v[1];
	}
	if (args->n == 1 || args->n == 3)
		text = args->v[args->n - 1];
	else if (said.set[0] && grub_env_has(g->frame.env, said.value[0]))
		text = grub_get(g, said.value[0]);
	else
		return GRUB_BAD_ARGUMENT;
	if (args->n > 3 || from.p == NULL || from.n != to.n)
		return GRUB_BAD_ARGUMENT;
	for (size_t i = 0; i < text.n; i++) {
		size_t at = str_find(from, text.p[i]);

		grub_charge(g, from.n);
		grub_words_bytes(g, (struct str){at < from.n ? to.p + at : text.p + i, 1});
	}
	if (said.set[0])
		grub_set(g, said.value[0], (struct str){start, (size_t)(g->low - start)});
	return GRUB_OK;
}

/* `cmp`: are two files the same? */
int grub_cmd_cmp(struct grub *g, struct grub_args *args)
{
	static const struct grub_option table[] = {{"", 'v', OPTION_FLAG}, {0}};
	struct grub_options said;
	struct str text[2];

	if (!grub_options(args, table, false, &said) || args->n != 2)
		return GRUB_BAD_ARGUMENT;
	for (unsigned i = 0; i < 2; i++) {
		struct grub_path at;

		if (grub_path(g, args->v[i], &at) != GRUB_OK ||
		    grub_load(g, at, CONFIG_FILE_MAX, &text[i]) != GRUB_OK)
			return GRUB_FALSE;
	}
	return str_eq(text[0], text[1]) ? GRUB_OK : GRUB_FALSE;
}

/* The kinds of file that `file` can be asked for and that the first bytes tell. */
static const struct kind {
	const char *name;
	uint16_t machine,
		magic; /* of an EFI program: its machine, and which of two headers it has */
	bool linux;
	uint16_t version; /* of the boot protocol, at least */
} kinds[] = {
	{"--is-x86-linux", 0, 0, true, 0x200},
	{"--is-x86-linux32", 0, 0, true, 0x203},
	{"--is-x86_64-efi", IMAGE_FILE_MACHINE_AMD64, PE_OPT_MAGIC_PE32PLUS, false, 0},
	{"--is-i386-efi", 0x14c, 0x10b, false, 0},
	{"--is-arm64-efi", IMAGE_FILE_MACHINE_ARM64, PE_OPT_MAGIC_PE32PLUS, false, 0},
};

/* Documentation/arch/x86/boot.rst. */
static bool is_linux(const struct kind *k, const uint8_t *head)
{
	unsigned version = head[0x206] | head[0x207] << 8;

	return head[0x1fe] == 0x55 && head[0x1ff] == 0xaa && head[0x1f1] <= 64 &&
	       memcmp(head + 0x202, "HdrS", 4) == 0 && version >= k->version &&
	       (k->version == 0x200 || (head[0x211] & 1) != 0);
}

static bool is_efi(const struct kind *k, const uint8_t *head, size_t n)
{
	const struct mz_hdr *mz = (const void *)head;
	uint32_t at = get_le32(mz->peaddr);
	const struct pe_hdr *pe = (const void *)(head + at);
	const struct pe32plus_opt_hdr *opt = (const void *)(pe + 1);

	return memcmp(mz->magic, "MZ", 2) == 0 && at <= n - sizeof(*pe) - sizeof(*opt) &&
	       memcmp(pe->magic, "PE\0\0", 4) == 0 && get_le16(pe->machine) == k->machine &&
	       get_le16(opt->magic) == k->magic &&
	       get_le16(opt->subsys) == IMAGE_SUBSYSTEM_EFI_APPLICATION;
}

/* True when the file at AT is of that kind. */
static bool is_of_kind(struct grub *g, struct grub_path at, const struct kind *k, uint64_t size)
{
	uint8_t *head = grub_may_read(g, PE_HEAD) ? arena_alloc(&g->heap, PE_HEAD) : NULL;
	size_t n = size < PE_HEAD ? (size_t)size : PE_HEAD, mark = report_mark(g->p->report);

	if (head == NULL || n < 0x250)
		return false;
	if (vol_read(at.volume, at.path, 0, head, n) != OK) {
		report_rewind(g->p->report, mark);
		return false;
	}
	return k->linux ? is_linux(k, head) : is_efi(k, head, n);
}

int grub_cmd_file(struct grub *g, struct grub_args *args)
{
	struct str name = {0}, type = {0};
	struct file_info info;
	struct grub_path at;
	size_t kind = 0;
	int result;

	for (unsigned i = 0; i < args->n; i++) {
		struct str *word = str_starts(args->v[i], S("--is-")) ? &type : &name;

		if (word->n > 0)
			return GRUB_BAD_ARGUMENT;
		*word = args->v[i];
	}
	if (name.n == 0 || type.n == 0)
		return GRUB_BAD_ARGUMENT;
	while (kind < sizeof(kinds) / sizeof(*kinds) && !str_eq(type, str_of(kinds[kind].name)))
		kind++;
	if (kind == sizeof(kinds) / sizeof(*kinds))
		return grub_cmd_untested(g, args);
	result = grub_path(g, name, &at);
	if (result == GRUB_OK && !grub_look(g, at, true, &info))
		result = GRUB_NOT_FOUND;
	if (result == GRUB_OK && info.type != FILE_REGULAR)
		result = GRUB_BAD_FILE;
	if (result != GRUB_OK)
		return result;
	return is_of_kind(g, at, &kinds[kind], info.size) ? GRUB_OK : GRUB_FALSE;
}
