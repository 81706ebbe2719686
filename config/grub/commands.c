/* The commands of a GRUB script by name, and those that are a few lines. */
#include "config/grub/commands.h"

#include "base/fmt.h"
#include "config/grub/number.h"
#include "config/grub/test.h"
#include "config/grub/values.h"
#include "config/grub/words.h"

/* What running a command costs besides its words. */
#define COMMAND_WORK 256

static int cmd_set(struct grub *g, struct grub_args *args)
{
	struct str value;

	if (args->n == 0)
		return GRUB_OK;
	if (str_find(args->v[0], '=') == args->v[0].n)
		return GRUB_BAD_ARGUMENT;
	value = args->v[0];
	grub_set(g, str_cut(&value, '='), value);
	return GRUB_OK;
}

/* export, unset */
static int cmd_export(struct grub *g, struct grub_args *args)
{
	bool (*change)(struct grub_env *, struct str) =
		args->variant == GRUB_EXPORT ? grub_env_export : grub_env_unset;

	for (unsigned i = 0; i < args->n; i++) {
		if (!change(g->frame.env, args->v[i]))
			grub_no_room(g);
	}
	return args->n > 0 ? GRUB_OK : GRUB_BAD_ARGUMENT;
}

static int cmd_true(struct grub *g, struct grub_args *args)
{
	(void)g, (void)args;
	return GRUB_OK;
}

static int cmd_false(struct grub *g, struct grub_args *args)
{
	(void)g, (void)args;
	return GRUB_FALSE;
}

/* The decimal number that is all of the only word, or OR_ELSE without one. GRUB_OK or why not. */
static int only_number(const struct grub_args *args, uint64_t or_else, uint64_t *n)
{
	size_t end;
	int result;

	*n = or_else;
	if (args->n == 0)
		return GRUB_OK;
	if (args->n > 1)
		return GRUB_BAD_ARGUMENT;
	result = grub_number(args->v[0], 10, n, &end);
	return result == GRUB_OK && end != args->v[0].n ? GRUB_BAD_ARGUMENT : result;
}

static int cmd_break(struct grub *g, struct grub_args *args)
{
	uint64_t n;
	int result = only_number(args, 1, &n);

	if (result != GRUB_OK || n == 0)
		return result != GRUB_OK ? result : GRUB_BAD_ARGUMENT;
	g->is_continue = args->variant == GRUB_CONTINUE;
	g->breaks = n < g->loops ? (unsigned)n : g->loops;
	return GRUB_OK;
}

static int cmd_return(struct grub *g, struct grub_args *args)
{
	uint64_t n;
	int result = only_number(args, (uint32_t)g->result, &n);

	if (result != GRUB_OK || g->scope.v == NULL)
		return g->scope.v == NULL ? GRUB_BAD_ARGUMENT : result;
	g->returning = true;
	return (int)(uint32_t)n;
}

static int cmd_shift(struct grub *g, struct grub_args *args)
{
	uint64_t n;
	int result = only_number(args, 1, &n);

	if (g->scope.v == NULL)
		return GRUB_OK;
	if (result != GRUB_OK || n > g->scope.n)
		return GRUB_BAD_ARGUMENT;
	g->scope.v += n;
	g->scope.n -= (unsigned)n;
	return GRUB_OK;
}

static int cmd_setparams(struct grub *g, struct grub_args *args)
{
	struct str *v = arena_array(&g->heap, args->n, sizeof(*v));

	if (v == NULL) {
		grub_no_room(g);
		return GRUB_OK;
	}
	for (unsigned i = 0; i < args->n; i++)
		v[i] = grub_keep(g, args->v[i]);
	g->scope = (struct grub_scope){v, args->n};
	return GRUB_OK;
}

static int cmd_eval(struct grub *g, struct grub_args *args)
{
	char *start = g->low;
	struct str text;

	for (unsigned i = 0; i < args->n; i++) {
		if (i > 0)
			grub_words_bytes(g, S(" "));
		grub_words_bytes(g, args->v[i]);
	}
	text = grub_keep(g, (struct str){start, (size_t)(g->low - start)});
	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "commands are nested too deep");
	g->result = GRUB_OK;
	grub_run_text(g, text, g->line);
	g->nesting--;
	return g->result;
}

/* boot, exit, fwsetup, halt, reboot: nothing behind them is run. */
static int cmd_leave(struct grub *g, struct grub_args *args)
{
	bool boots = args->variant == GRUB_BOOT;

	if (args->n > 0 && str_eq(args->v[0], S("--is-supported")))
		return GRUB_OK;
	if (!boots && g->frame.boot->other.n == 0)
		g->frame.boot->other = grub_keep(g, args->name);
	g->stopped |= !boots || g->frame.boot->loaded;
	return GRUB_OK;
}

/* A command that starts what is no Linux kernel and no EFI program. */
static int cmd_other(struct grub *g, struct grub_args *args)
{
	struct str of = args->n > 0 ? args->v[0] : S("");

	if (g->frame.boot->other.n == 0 &&
	    !str_fmt(&g->heap, &g->frame.boot->other, "%.*s%s%.*s", STR_ARG(args->name),
		     of.n > 0 ? " " : "", STR_ARG(of)))
		grub_no_room(g);
	return GRUB_OK;
}

/* Fedora's: counts a variable up or down. */
static int cmd_count(struct grub *g, struct grub_args *args)
{
	char buf[24];
	int64_t n;

	if (args->n != 1)
		return GRUB_BAD_ARGUMENT;
	n = (int64_t)grub_signed(grub_get(g, args->v[0])) +
	    (args->variant == GRUB_INCREMENT ? 1 : -1);
	grub_set(g, args->v[0], (struct str){buf, fmt(buf, sizeof(buf), "%ld", (long)n)});
	return GRUB_OK;
}

/* Ubuntu's: no graphics card of ours is on its list. */
static int cmd_hwmatch(struct grub *g, struct grub_args *args)
{
	(void)args;
	grub_set(g, S("match"), S("0"));
	return GRUB_OK;
}

/* Runs the command behind it. */
static int cmd_time(struct grub *g, struct grub_args *args)
{
	return args->n > 0 ? grub_command(g, args) : GRUB_BAD_ARGUMENT;
}

/* The commands that do something, those first that are all over each menu. */
static const struct command {
	struct str name;
	grub_fn *run;
	int variant;
} commands[] = {
	{S("echo"), cmd_true, GRUB_PLAIN},
	{S("true"), cmd_true, GRUB_PLAIN},
	{S("insmod"), grub_cmd_insmod, GRUB_PLAIN},
	{S("["), grub_test, GRUB_PLAIN},
	{S("test"), grub_test, GRUB_PLAIN},
	{S("set"), cmd_set, GRUB_PLAIN},
	{S("search"), grub_cmd_search, GRUB_PLAIN},
	{S("search.file"), grub_cmd_search_words, GRUB_BY_FILE},
	{S("search.fs_label"), grub_cmd_search_words, GRUB_BY_LABEL},
	{S("search.fs_uuid"), grub_cmd_search_words, GRUB_BY_UUID},
	{S("linux"), grub_cmd_load, GRUB_LINUX},
	{S("linux16"), grub_cmd_load, GRUB_LINUX},
	{S("linuxefi"), grub_cmd_load, GRUB_LINUX},
	{S("chainloader"), grub_cmd_load, GRUB_CHAINLOADER},
	{S("initrd"), grub_cmd_initrd, GRUB_PLAIN},
	{S("initrd16"), grub_cmd_initrd, GRUB_PLAIN},
	{S("initrdefi"), grub_cmd_initrd, GRUB_PLAIN},
	{S("menuentry"), grub_cmd_menuentry, GRUB_MENUENTRY},
	{S("submenu"), grub_cmd_menuentry, GRUB_SUBMENU},
	{S("."), grub_cmd_source, GRUB_PLAIN},
	{S("source"), grub_cmd_source, GRUB_PLAIN},
	{S("extract_entries_source"), grub_cmd_source, GRUB_PLAIN},
	{S("configfile"), grub_cmd_configfile, GRUB_CONFIGFILE},
	{S("normal"), grub_cmd_configfile, GRUB_NORMAL},
	{S("load_env"), grub_cmd_load_env, GRUB_PLAIN},
	{S("blscfg"), grub_cmd_blscfg, GRUB_BLSCFG},
	{S("bls_import"), grub_cmd_blscfg, GRUB_BLSCFG},
	{S("uki"), grub_cmd_blscfg, GRUB_UKI},
	{S("regexp"), grub_cmd_regexp, GRUB_PLAIN},
	{S("export"), cmd_export, GRUB_EXPORT},
	{S("unset"), cmd_export, GRUB_UNSET},
	{S("break"), cmd_break, GRUB_BREAK},
	{S("continue"), cmd_break, GRUB_CONTINUE},
	{S("return"), cmd_return, GRUB_PLAIN},
	{S("shift"), cmd_shift, GRUB_PLAIN},
	{S("setparams"), cmd_setparams, GRUB_PLAIN},
	{S("eval"), cmd_eval, GRUB_PLAIN},
	{S("boot"), cmd_leave, GRUB_BOOT},
	{S("exit"), cmd_leave, GRUB_LEAVE},
	{S("fwsetup"), cmd_leave, GRUB_LEAVE},
	{S("halt"), cmd_leave, GRUB_LEAVE},
	{S("reboot"), cmd_leave, GRUB_LEAVE},
	{S("decrement"), cmd_count, GRUB_DECREMENT},
	{S("increment"), cmd_count, GRUB_INCREMENT},
	{S("hwmatch"), cmd_hwmatch, GRUB_PLAIN},
	{S("probe"), grub_cmd_probe, GRUB_PLAIN},
	{S("tr"), grub_cmd_tr, GRUB_PLAIN},
	{S("cmp"), grub_cmd_cmp, GRUB_PLAIN},
	{S("file"), grub_cmd_file, GRUB_PLAIN},
	{S("time"), cmd_time, GRUB_PLAIN},
	{S("read"), grub_cmd_read, GRUB_PLAIN},
	{S("crc"), grub_cmd_sum, GRUB_PLAIN},
	{S("hashsum"), grub_cmd_sum, GRUB_PLAIN},
	{S("md5sum"), grub_cmd_sum, GRUB_PLAIN},
	{S("sha1sum"), grub_cmd_sum, GRUB_PLAIN},
	{S("sha256sum"), grub_cmd_sum, GRUB_PLAIN},
	{S("sha512sum"), grub_cmd_sum, GRUB_PLAIN},
};

/* clang-format off: many names in a line */

/* Painting, waiting, passwords, saving: nothing that a boot depends on. */
static const char *const ignored[] = {
	"acpi",
	"all_functional_test",
	"authenticate",
	"background_color",
	"background_image",
	"badram",
	"cat",
	"clear",
	"cmosclean",
	"cmosdump",
	"cmosset",
	"cpuid",
	"cryptomount",
	"cutmem",
	"date",
	"devicetree",
	"disable_progress_indicator",
	"drivemap",
	"dump",
	"enable_progress_indicator",
	"fakebios",
	"gettext",
	"help",
	"hexdump",
	"keymap",
	"legacy_password",
	"list_env",
	"list_trusted",
	"loadfont",
	"loadvideo",
	"ls",
	"lsacpi",
	"lsapm",
	"lscoreboot",
	"lsefi",
	"lsefimmap",
	"lsefisystab",
	"lsfonts",
	"lsmmap",
	"lsmod",
	"lspci",
	"lssal",
	"nativedisk",
	"net_ls_addr",
	"net_ls_cards",
	"net_ls_dns",
	"net_ls_routes",
	"normal_exit",
	"outb",
	"outl",
	"outw",
	"parttool",
	"password",
	"password_pbkdf2",
	"pcidump",
	"play",
	"rmmod",
	"save_env",
	"serial",
	"sleep",
	"stall",
	"terminal",
	"terminal_input",
	"terminal_output",
	"terminfo",
	"testspeed",
	"trust",
	"usb",
	"usbtest",
	"vbeinfo",
	"vbetest",
	"version",
	"versioninfo",
	"videoinfo",
	"videotest",
	"write_byte",
	"write_dword",
	"write_word",
	"wrmsr",
	"zfs-bootfs",
	"zfsinfo",
	"zfskey",
	NULL,
};

/* What is never so on this machine. */
static const char *const never[] = {
	"distrust",     "false",        "gptsync",       "keystatus",
	"loopback",     "net_add_addr", "net_add_dns",   "net_add_route",
	"net_del_addr", "net_del_dns",  "net_del_route", NULL,
};

/* Values that cannot be known before Linux runs, or on the host: docs/grub.md has this table. */
static const char *const unanswered[] = {
	"btrfs-get-default-subvol",
	"efi-export-env",
	"efi-load-env",
	"fwconfig",
	"getenv",
	"gptprio.next",
	"inb",
	"inl",
	"inw",
	"net_bootp",
	"net_bootp6",
	"net_dhcp",
	"net_get_dhcp_option",
	"net_ipv6_autoconf",
	"net_nslookup",
	"rdmsr",
	"read_byte",
	"read_dword",
	"read_word",
	"search.disk_uuid",
	"search.part_label",
	"search.part_uuid",
	"setpci",
	"smbios",
	"xnu_uuid",
	NULL,
};

/* Tests of such values. */
static const char *const untested[] = {
	"cmostest", "cryptocheck",     "gptrepair",       "legacy_check_password",
	"testload", "verify_appended", "verify_detached", NULL,
};

/* Other systems. */
static const char *const others[] = {
	"appleloader",
	"freedos",
	"kfreebsd",
	"kfreebsd_module",
	"kfreebsd_module_elf",
	"knetbsd",
	"kopenbsd",
	"legacy_configfile",
	"legacy_initrd",
	"legacy_kernel",
	"legacy_source",
	"linux_xen",
	"module",
	"module2",
	"multiboot",
	"multiboot2",
	"ntldr",
	"pxechainloader",
	"syslinux_configfile",
	"truecrypt",
	"xen_hypervisor",
	"xen_initrd",
	"xen_linux",
	"xen_module",
	"xnu_kernel",
	"xnu_kernel64",
	"xnu_kext",
	NULL,
};

/* clang-format on */

static const struct group {
	const char *const *names;
	grub_fn *run;
} groups[] = {
	{ignored, cmd_true},           {never, cmd_false},  {unanswered, grub_cmd_unanswered},
	{untested, grub_cmd_untested}, {others, cmd_other},
};

static grub_fn *find_in_groups(struct str name)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		for (const char *const *n = groups[i].names; *n != NULL; n++) {
			if (str_eq(str_of(*n), name))
				return groups[i].run;
		}
	}
	return NULL;
}

static grub_fn *find(struct str name, int *variant)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (str_eq(commands[i].name, name)) {
			*variant = commands[i].variant;
			return commands[i].run;
		}
	}
	return find_in_groups(name);
}

static int call(struct grub *g, const struct grub_function *f, const struct grub_args *args)
{
	unsigned loops = g->loops;
	int result;

	g->loops = 0;
	result = grub_run_code(g, &f->code, (struct grub_scope){args->v, args->n});
	g->loops = loops;
	g->returning = false;
	return result;
}

/* A word that is neither command nor function: an assignment, or nothing, which costs only itself
 * and leaves $? at 0, as with GRUB. */
static int run_unknown(struct grub *g, struct grub_args *args)
{
	struct str value = args->name, name = str_cut(&value, '=');

	if (name.n < args->name.n)
		grub_set(g, name, value);
	else if (grub_is_news(g, name))
		parse_note(g->p, g->line, "unknown command '%.*s'", STR_ARG(name));
	return GRUB_OK;
}

int grub_command(struct grub *g, struct grub_args *args)
{
	const struct grub_function *f = g->functions;
	bool invert = false;
	grub_fn *run;
	int result;

	for (;; invert = true) {
		if (args->n == 0)
			return GRUB_BAD_ARGUMENT;
		args->name = *args->v++;
		args->n--;
		if (invert || !str_eq(args->name, S("!")))
			break;
	}
	grub_charge(g, COMMAND_WORK);
	run = find(args->name, &args->variant);
	while (run == NULL && f != NULL && !str_eq(f->name, args->name)) {
		grub_charge(g, 1);
		f = f->next;
	}
	if (run != NULL)
		result = run(g, args);
	else if (f != NULL)
		result = call(g, f, args);
	else
		return run_unknown(g, args);
	return !invert ? result : result == GRUB_OK ? GRUB_FALSE : GRUB_OK;
}
