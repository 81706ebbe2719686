/* What the host says by its channels, and what firmware says of disks: the first byte of the input
 * picks SMBIOS tables, files of fw_cfg, load options, the tables by which fw_cfg is found, a
 * boot order, or an answer of DHCP; the rest is their bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fmt.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "config/languages.h"
#include "loader/disks/boot_order.h"
#include "loader/settings/boot_server.h"
#include "loader/settings/channels.h"
#include "loader/settings/fw_cfg.h"
#include "loader/settings/fw_cfg_place.h"
#include "loader/settings/smbios.h"
#include "test/fuzz/fuzz.h"

/* What the files of fw_cfg may take: 4096 of 64 bytes, and 8192 bytes of each. */
#define FW_CFG_MOST ((size_t)40 << 20)

static struct report report;

/* Bytes of memory of their own, so that a read past their end is seen. */
static char *copy_of(const void *bytes, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		fuzz_stop("no memory");
	if (n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

static void check_text(struct str s, size_t most)
{
	if (s.n > most)
		fuzz_stop("a setting is longer than it may be");
	while (s.n > 0) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);

		if (n == 0 || (char_is_control(c) && c != '\t'))
			fuzz_stop("a setting has what no terminal may get");
		s = str_skip(s, n);
	}
}

/* What is set, printed. The caller frees it. */
static struct str printed(const struct settings *s)
{
	size_t n = settings_print(s, NULL, 0);
	char *text = malloc(n + 1);

	if (text == NULL || settings_print(s, text, n) != n)
		fuzz_stop("the settings cannot be printed");
	return (struct str){text, n};
}

/* The settings are the same when they are printed and read again. */
static void check_printed(const struct settings *s)
{
	struct settings again = {0};
	const struct str text = printed(s);
	struct str rest = text, twice;

	while (rest.n > 0) {
		struct str value = str_cut(&rest, '\n'), name = str_cut(&value, '=');
		enum setting_id id;

		if (!setting_find(name, &id))
			fuzz_stop("a setting is printed by a name that there is not");
		if (setting_take(&again, s->said[id], id, value) != NULL)
			fuzz_stop("a setting is refused as it is printed");
	}
	twice = printed(&again);
	if (!str_eq(text, twice))
		fuzz_stop("a setting changes when it is printed and read again");
	free((void *)text.p);
	free((void *)twice.p);
}

/* Each setting has a value that it may have. */
static void check_settings(const struct settings *s)
{
	check_text(s->default_glob, SETTING_NAME_MAX);
	check_text(s->disk, SETTING_NAME_MAX);
	check_text(s->options_append, SETTING_OPTIONS_MAX);
	check_text(s->options_replace, SETTING_OPTIONS_MAX);
	if (s->log > LOG_OFF || s->on_failure > ON_FAILURE_FIRMWARE || s->timeout > 86400)
		fuzz_stop("a setting has a value that there is not");
	if (s->said[SET_CONFIG] && !str_eq(s->config, S("none")) && !config_knows(s->config))
		fuzz_stop("a language is set that there is not");
	check_printed(s);
}

static void use_smbios(struct fuzz_input in)
{
	struct settings s = {0};
	struct smbios_table table;
	struct str bytes = {copy_of(in.p, in.n), in.n};

	if (smbios_entry(bytes, &table) && in.n < 24)
		fuzz_stop("an entry point is cut off, and counts");
	smbios_set(&s, bytes, &report);
	check_settings(&s);
	free((void *)bytes.p);
}

/* The device: its directory begins the input, and each other value lies where its key says. */
static struct fuzz_input device, value;

void fw_cfg_choose(uint16_t key)
{
	static const uint8_t signature[] = "QEMU";
	size_t at = key < device.n ? key : device.n;

	value = key == 0      ? (struct fuzz_input){signature, 4}
		: key == 0x19 ? device
			      : (struct fuzz_input){device.p + at, device.n - at};
}

void fw_cfg_read(void *to, size_t n)
{
	size_t there = n < value.n ? n : value.n;

	memset(to, 0, n);
	if (there > 0)
		memcpy(to, value.p, there);
	value = (struct fuzz_input){value.p + there, value.n - there};
}

static void use_fw_cfg(struct fuzz_input in)
{
	struct loader l = {.report = &report};

	fuzz_memory_limit(FW_CFG_MOST);
	device = in;
	fw_cfg_read_settings(&l);
	check_settings(&l.settings);
	arena_free(&l.arena);
}

/* Text that was widened, as QEMU's -append is, means the same; text of no ASCII at all is none. */
static void check_widened(struct str text)
{
	char *wide = malloc(2 * text.n + 1), *to = malloc(4 * text.n + 1);
	struct str again;
	bool ascii = false;

	if (wide == NULL || to == NULL)
		fuzz_stop("no memory");
	for (size_t i = 0; i < text.n; i++) {
		wide[2 * i] = text.p[i];
		wide[2 * i + 1] = '\0';
		ascii |= (unsigned char)text.p[i] < 0x80;
	}
	if (ascii && (!channel_load_options(wide, 2 * text.n, to, &again) || !str_eq(again, text)))
		fuzz_stop("a command line changes when its bytes are widened");
	free(wide);
	free(to);
}

static void use_load_options(struct fuzz_input in)
{
	struct settings s = {0};
	char *bytes = copy_of(in.p, in.n), *to = malloc(2 * in.n + 1);
	struct str text;

	if (to == NULL)
		fuzz_stop("no memory");
	if (channel_load_options(bytes, in.n, to, &text)) {
		if (text.n > 2 * in.n || (text.n > 0 && text.p != to))
			fuzz_stop("a command line is longer than its room");
		check_widened(text);
		channel_command_line(&s, to, text.n, &report);
		check_settings(&s);
	}
	free(bytes);
	free(to);
}

/* A table of ACPI in memory of its own: what the input has for it, at least LEAST bytes, with its
 * signature and its true length. */
static char *take_table(struct fuzz_input *in, const char *signature, size_t least)
{
	size_t n = (size_t)fuzz_take(in, 2), there = n < in->n ? n : in->n;
	char *table;

	n = there > least ? there : least;
	table = calloc(1, n);
	if (table == NULL)
		fuzz_stop("no memory");
	if (there > 0)
		memcpy(table, in->p, there);
	*in = (struct fuzz_input){in->p + there, in->n - there};
	memcpy(table, signature, 4);
	put_le32((uint8_t *)table + 4, (uint32_t)n);
	return table;
}

/* The tables point to each other; the last place of the XSDT is the FADT. */
static void use_acpi(struct fuzz_input in)
{
	uint8_t rsdp[36] = "RSD PTR ";
	char *dsdt = take_table(&in, "DSDT", 36), *fadt = take_table(&in, "FACP", 148);
	char *other = take_table(&in, "APIC", 36), *xsdt = take_table(&in, "XSDT", 36 + 8);
	size_t n = get_number((uint8_t *)xsdt + 4, 4);

	for (size_t at = 36; at + 8 <= n; at += 8)
		put_number((uint8_t *)xsdt + at, 8,
			   (uintptr_t)(at + 16 > n     ? fadt
				       : xsdt[at] == 0 ? NULL
						       : other));
	put_number((uint8_t *)fadt + 40, 4, 0);
	put_number((uint8_t *)fadt + 140, 8, (uintptr_t)dsdt);
	put_number(rsdp + 24, 8, (uintptr_t)xsdt);
	(void)fw_cfg_by_acpi(rsdp);
	free(dsdt);
	free(fadt);
	free(other);
	free(xsdt);
}

static void use_device_tree(struct fuzz_input in)
{
	size_t n = in.n > 16 ? in.n : 16;
	uint8_t *tree = calloc(1, n);

	if (tree == NULL)
		fuzz_stop("no memory");
	memcpy(tree, in.p, in.n);
	put_be32(tree, 0xd00dfeed);
	put_be32(tree + 4, (uint32_t)n);
	(void)fw_cfg_by_device_tree(tree);
	free(tree);
}

/* A length in one byte, the path of a disk, and a boot order or a boot option. */
static void use_boot_order(struct fuzz_input in)
{
	size_t n = (size_t)fuzz_take(&in, 1);
	struct str path, order, later, option;
	unsigned place;
	char *text;

	n = n < in.n ? n : in.n;
	path = (struct str){copy_of(in.p, n), n};
	order = option = (struct str){copy_of(in.p + n, in.n - n), in.n - n};
	place = boot_order_place(order, path);
	text = malloc(order.n + 5);
	if (text == NULL)
		fuzz_stop("no memory");
	memcpy(text, "none\n", 5);
	memcpy(text + 5, order.p, order.n);
	later = (struct str){text, order.n + 5};
	if (boot_order_place(later, path) != (place > 0 ? place + 1 : 0))
		fuzz_stop("a line before a disk's does not put it one place back");
	free(text);
	option = boot_option_path(option);
	if (option.n > 0 && (option.p < order.p || option.p + option.n > order.p + order.n))
		fuzz_stop("a path lies outside of its boot option");
	(void)boot_option_means(option, path);
	(void)boot_option_means(path, option);
	free((void *)path.p);
	free((void *)order.p);
}

static void check_server(struct str bytes, const struct boot_server *server)
{
	struct str directory = boot_server_directory(server->file);

	if (server->file.n == 0 || server->file.p < bytes.p ||
	    server->file.p + server->file.n > bytes.p + bytes.n)
		fuzz_stop("a file's name lies outside of the answer");
	if (!str_starts(server->file, directory) ||
	    (directory.n > 0 && !str_ends(directory, S("/"))))
		fuzz_stop("a file lies outside of its directory");
}

static void use_dhcp(struct fuzz_input in)
{
	struct str bytes = {copy_of(in.p, in.n), in.n};
	struct boot_server server;

	if (boot_server_read(bytes, &server))
		check_server(bytes, &server);
	free((void *)bytes.p);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const uses[])(struct fuzz_input) = {
		use_smbios,      use_fw_cfg,     use_load_options, use_acpi,
		use_device_tree, use_boot_order, use_dhcp,
	};
	struct fuzz_input in = {data, n};
	uint64_t which = fuzz_take(&in, 1);

	report = (struct report){0};
	fuzz_memory_limit(0);
	uses[which % (sizeof(uses) / sizeof(*uses))](in);
	fuzz_check_report(&report);
	fuzz_memory_check();
	return 0;
}
