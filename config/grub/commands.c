/* The commands of a GRUB script by name, and how one is run. */
#include "config/grub/commands.h"

#include "config/grub/test.h"
#include "config/grub/values.h"

/* What running a command costs besides its words. */
#define COMMAND_WORK 256

/* The commands that do something. The most frequent ones come first: the table is searched from the
 * top. */
static const struct command {
	struct str name;
	grub_fn *run;
	int variant;
} commands[] = {
	{S("echo"), grub_cmd_true, GRUB_PLAIN},
	{S("true"), grub_cmd_true, GRUB_PLAIN},
	{S("insmod"), grub_cmd_insmod, GRUB_PLAIN},
	{S("["), grub_test, GRUB_PLAIN},
	{S("test"), grub_test, GRUB_PLAIN},
	{S("set"), grub_cmd_set, GRUB_PLAIN},
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
	{S("save_env"), grub_cmd_save_env, GRUB_PLAIN},
	{S("blscfg"), grub_cmd_blscfg, GRUB_BLSCFG},
	{S("bls_import"), grub_cmd_blscfg, GRUB_BLSCFG},
	{S("uki"), grub_cmd_blscfg, GRUB_UKI},
	{S("regexp"), grub_cmd_regexp, GRUB_PLAIN},
	{S("export"), grub_cmd_export, GRUB_EXPORT},
	{S("unset"), grub_cmd_export, GRUB_UNSET},
	{S("break"), grub_cmd_break, GRUB_BREAK},
	{S("continue"), grub_cmd_break, GRUB_CONTINUE},
	{S("return"), grub_cmd_return, GRUB_PLAIN},
	{S("shift"), grub_cmd_shift, GRUB_PLAIN},
	{S("setparams"), grub_cmd_setparams, GRUB_PLAIN},
	{S("eval"), grub_cmd_eval, GRUB_PLAIN},
	{S("boot"), grub_cmd_leave, GRUB_BOOT},
	{S("exit"), grub_cmd_leave, GRUB_LEAVE},
	{S("fwsetup"), grub_cmd_leave, GRUB_LEAVE},
	{S("halt"), grub_cmd_leave, GRUB_LEAVE},
	{S("reboot"), grub_cmd_leave, GRUB_LEAVE},
	{S("decrement"), grub_cmd_count, GRUB_DECREMENT},
	{S("increment"), grub_cmd_count, GRUB_INCREMENT},
	{S("hwmatch"), grub_cmd_hwmatch, GRUB_PLAIN},
	{S("probe"), grub_cmd_probe, GRUB_PLAIN},
	{S("tr"), grub_cmd_tr, GRUB_PLAIN},
	{S("cmp"), grub_cmd_cmp, GRUB_PLAIN},
	{S("file"), grub_cmd_file, GRUB_PLAIN},
	{S("time"), grub_cmd_time, GRUB_PLAIN},
	{S("read"), grub_cmd_read, GRUB_PLAIN},
	{S("crc"), grub_cmd_sum, GRUB_PLAIN},
	{S("hashsum"), grub_cmd_sum, GRUB_PLAIN},
	{S("md5sum"), grub_cmd_sum, GRUB_PLAIN},
	{S("sha1sum"), grub_cmd_sum, GRUB_PLAIN},
	{S("sha256sum"), grub_cmd_sum, GRUB_PLAIN},
	{S("sha512sum"), grub_cmd_sum, GRUB_PLAIN},
};

/* clang-format off: many names in a line */

/* Painting, waiting, passwords: no boot depends on these. They succeed. */
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

/* Commands that always fail on this machine. */
static const char *const never[] = {
	"distrust",     "false",        "gptsync",       "keystatus",
	"loopback",     "net_add_addr", "net_add_dns",   "net_add_route",
	"net_del_addr", "net_del_dns",  "net_del_route", NULL,
};

/* Commands for values that cannot be known before Linux runs, or on the host: docs/grub.md has this
 * table. */
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

/* Commands that start other systems. */
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
	{ignored, grub_cmd_true},      {never, grub_cmd_false},  {unanswered, grub_cmd_unanswered},
	{untested, grub_cmd_untested}, {others, grub_cmd_other},
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

/* A word that is neither a command nor a function: an assignment, or an unknown command. Both leave
 * $? at 0, as in GRUB. */
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
