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
		args->name.p[0] == 'e' ? grub_env_export : grub_env_unset;

	for (unsigned i = 0; i < args->n; i++) {
		if (!change(g->env, args->v[i]))
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
	g->is_continue = str_eq(args->name, S("continue"));
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
	bool boots = args->name.p[0] == 'b';

	if (args->n > 0 && str_eq(args->v[0], S("--is-supported")))
		return GRUB_OK;
	if (!boots && g->boot->other.n == 0)
		g->boot->other = grub_keep(g, args->name);
	g->stopped |= !boots || g->boot->loaded;
	return GRUB_OK;
}

/* A command that starts what is no Linux kernel and no EFI program. */
static int cmd_other(struct grub *g, struct grub_args *args)
{
	struct str of = args->n > 0 ? args->v[0] : S("");

	if (g->boot->other.n == 0 &&
	    !str_fmt(&g->heap, &g->boot->other, "%.*s%s%.*s", STR_ARG(args->name),
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
	n = (int64_t)grub_signed(grub_get(g, args->v[0])) + (args->name.p[0] == 'i' ? 1 : -1);
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

/* Commands by name, a blank on either side of each. */
static const struct command {
	struct str names;
	grub_fn *run;
} commands[] = {
	{S(" echo true "), cmd_true}, /* all over each menu */
	{S(" insmod "), grub_cmd_insmod},
	{S(" [ test "), grub_test},
	{S(" set "), cmd_set},
	{S(" search "), grub_cmd_search},
	{S(" search.file search.fs_label search.fs_uuid "), grub_cmd_search_words},
	{S(" linux linux16 linuxefi chainloader "), grub_cmd_load},
	{S(" initrd initrd16 initrdefi "), grub_cmd_initrd},
	{S(" menuentry submenu "), grub_cmd_menuentry},
	{S(" . source extract_entries_source "), grub_cmd_source},
	{S(" configfile normal "), grub_cmd_configfile},
	{S(" load_env "), grub_cmd_load_env},
	{S(" blscfg bls_import uki "), grub_cmd_blscfg},
	{S(" regexp "), grub_cmd_regexp},
	{S(" export unset "), cmd_export},
	{S(" break continue "), cmd_break},
	{S(" return "), cmd_return},
	{S(" shift "), cmd_shift},
	{S(" setparams "), cmd_setparams},
	{S(" eval "), cmd_eval},
	{S(" boot exit fwsetup halt reboot "), cmd_leave},
	{S(" decrement increment "), cmd_count},
	{S(" hwmatch "), cmd_hwmatch},
	{S(" probe "), grub_cmd_probe},
	{S(" tr "), grub_cmd_tr},
	{S(" cmp "), grub_cmd_cmp},
	{S(" file "), grub_cmd_file},
	{S(" time "), cmd_time},
	{S(" read "), grub_cmd_read},
	{S(" crc hashsum md5sum sha1sum sha256sum sha512sum "), grub_cmd_sum},
	/* Painting, waiting, passwords, saving: nothing that a boot depends on. */
	{S(" acpi all_functional_test authenticate background_color background_image badram cat "
	   "clear cmosclean cmosdump cmosset cpuid cryptomount cutmem date devicetree "
	   "disable_progress_indicator drivemap dump enable_progress_indicator fakebios gettext "
	   "help hexdump keymap legacy_password list_env list_trusted loadfont loadvideo ls lsacpi "
	   "lsapm lscoreboot lsefi lsefimmap lsefisystab lsfonts lsmmap lsmod lspci lssal "
	   "nativedisk net_ls_addr net_ls_cards net_ls_dns net_ls_routes normal_exit outb outl "
	   "outw parttool password password_pbkdf2 pcidump play rmmod save_env serial sleep stall "
	   "terminal terminal_input terminal_output terminfo testspeed trust usb usbtest vbeinfo "
	   "vbetest version versioninfo videoinfo videotest write_byte write_dword write_word "
	   "wrmsr zfs-bootfs zfsinfo zfskey "),
	 cmd_true},
	/* What is never so on this machine. */
	{S(" distrust false gptsync keystatus loopback net_add_addr net_add_dns net_add_route "
	   "net_del_addr net_del_dns net_del_route "),
	 cmd_false},
	/* Values, and then tests, that cannot be known before Linux runs, or on the host:
	 * docs/grub.md has this table. */
	{S(" btrfs-get-default-subvol efi-export-env efi-load-env fwconfig getenv gptprio.next "
	   "inb inl inw net_bootp net_bootp6 net_dhcp net_get_dhcp_option net_ipv6_autoconf "
	   "net_nslookup rdmsr read_byte read_dword read_word search.disk_uuid search.part_label "
	   "search.part_uuid setpci smbios xnu_uuid "),
	 grub_cmd_unanswered},
	{S(" cmostest cryptocheck gptrepair legacy_check_password testload verify_appended "
	   "verify_detached "),
	 grub_cmd_untested},
	/* Other systems. */
	{S(" appleloader freedos kfreebsd kfreebsd_module kfreebsd_module_elf knetbsd kopenbsd "
	   "legacy_configfile legacy_initrd legacy_kernel legacy_source linux_xen module module2 "
	   "multiboot multiboot2 ntldr pxechainloader syslinux_configfile truecrypt xen_hypervisor "
	   "xen_initrd xen_linux xen_module xnu_kernel xnu_kernel64 xnu_kext "),
	 cmd_other},
};

static bool in_group(struct str names, struct str name)
{
	while (names.n > 0) {
		if (str_eq(str_cut(&names, ' '), name))
			return true;
	}
	return false;
}

static grub_fn *find(struct str name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands) && name.n > 0; i++) {
		if (in_group(commands[i].names, name))
			return commands[i].run;
	}
	return NULL;
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
	else
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
	run = find(args->name);
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
