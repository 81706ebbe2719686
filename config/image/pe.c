/* The headers of an EFI program (PE32+), and of a Linux kernel in it. */
#include "config/image/pe.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/pe_format.h"
#include "base/str.h"
#include "config/image/arch.h"

#define SUBSYS_EFI_LAST 12 /* the two kinds of driver follow the application */
#define SECTIONS_MAX    96 /* the PE specification's limit */
#define CERTIFICATES    4  /* the data directory whose address is an offset in the file */
#define DIRECTORIES_MAX 16
#define FLAGS_CODE      0x20000020 /* contains code, or may be executed */

/* The tables hold their texts, not pointers to them: a pointer takes more of the packed loader. */
static const struct magic {
	char bytes[9]; /* a text, with its NUL */
	uint8_t n;
	char what[38];
} magics[] = {
	{"\x1f\x8b", 2, "a gzip file (unpack it)"},
	{"\xfd"
	 "7zXZ",
	 5, "an xz file (unpack it)"},
	{"\x28\xb5\x2f\xfd", 4, "a zstd file (unpack it)"},
	{"BZh", 3, "a bzip2 file (unpack it)"},
	{"\x02\x21\x4c\x18", 4, "an lz4 file (unpack it)"},
	{"\x7f"
	 "ELF",
	 4, "an ELF file (a bare vmlinux?)"},
	{"070701", 6, "a cpio archive (an initrd?)"},
	{"#!", 2, "a script"},
	{"\0\0\0\0\0\0\0\0", 8, "zeros (was it written completely?)"},
};

static const struct machine {
	uint16_t number;
	char name[31];
} machines[] = {
	{0x014c, "32-bit x86"},
	{IMAGE_FILE_MACHINE_ARM64, "aarch64 (BOOTAA64.EFI boots it)"},
	{IMAGE_FILE_MACHINE_AMD64, "x86-64 (BOOTX64.EFI boots it)"},
	{0x01c0, "32-bit ARM"},
	{0x01c2, "32-bit ARM"},
	{0x01c4, "32-bit ARM"},
	{0x5064, "riscv64"},
	{0x5032, "riscv32"},
	{0x6264, "loongarch64"},
	{0x0200, "Itanium"},
	{0x0ebc, "EFI bytecode"},
};

/* The part of the head at OFFSET, or NULL when BYTES bytes from there are not in it. */
static const void *part(const struct pe_file *im, uint64_t offset, uint64_t bytes)
{
	return offset <= im->n && bytes <= im->n - offset ? im->head + offset : NULL;
}

/* True when it is a Linux kernel; *CMDLINE is the most bytes of options that it takes. */
static bool is_linux(const struct pe_file *im, uint32_t *cmdline)
{
	return guest_arch()->is_linux((struct str){(const char *)im->head, im->n}, cmdline);
}

/* Reports what a file is that does not begin as a program does. */
static enum status no_program(const struct pe_file *im)
{
	struct str head = {(const char *)im->head, im->n};
	uint32_t cmdline;

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		if (str_starts(head, (struct str){magics[i].bytes, magics[i].n}))
			return fail(im->report, E_WRONG_TYPE, "is %s, not an EFI program",
				    magics[i].what);
	}
	if (is_linux(im, &cmdline))
		return fail(im->report, E_UNSUPPORTED,
			    "is a Linux kernel without an EFI stub (CONFIG_EFI_STUB)");
	return fail(im->report, E_WRONG_TYPE, "is not an EFI program");
}

static enum status wrong_machine(const struct pe_file *im, uint16_t number)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (machines[i].number == number)
			return fail(im->report, E_UNSUPPORTED, "is for %s, this machine is %s",
				    machines[i].name, guest_arch()->name);
	}
	return fail(im->report, E_UNSUPPORTED, "is for another machine (0x%x), this one is %s",
		    number, guest_arch()->name);
}

static enum status truncated(const struct pe_file *im, uint64_t wanted)
{
	return fail(im->report, E_CORRUPT,
		    "is truncated: its headers ask for %lu bytes, the file has %lu", wanted,
		    im->size);
}

/* Reports a header at OFFSET that is not in the head: the file is too short, or the header too far
 * from the start. */
static enum status out_of_reach(const struct pe_file *im, uint64_t offset, uint64_t bytes)
{
	if (offset + bytes > im->size)
		return truncated(im, offset + bytes);
	return fail(im->report, E_UNSUPPORTED, "has its headers beyond the first %u bytes",
		    PE_HEAD);
}

static enum status damaged_header(const struct pe_file *im)
{
	return fail(im->report, E_CORRUPT, "has a damaged program header");
}

/* The data directory NUMBER; NULL when there is none. */
static const struct data_dirent *directory(const struct pe32plus_opt_hdr *opt, unsigned number)
{
	const struct data_dirent *d = (const void *)(opt + 1);

	return get_le32(opt->data_dirs) > number ? &d[number] : NULL;
}

/* The certificates, a signature for Secure Boot, lie behind the sections. */
static enum status check_certificates(const struct pe_file *im, const struct pe32plus_opt_hdr *opt,
				      bool *is_signed)
{
	const struct data_dirent *d = directory(opt, CERTIFICATES);
	uint64_t end = d != NULL ? (uint64_t)get_le32(d->virtual_address) + get_le32(d->size) : 0;

	*is_signed = d != NULL && get_le32(d->size) > 0;
	return end > im->size ? truncated(im, end) : OK;
}

static struct str section_name(const struct section_header *s)
{
	struct str name = {s->name, 0};

	while (name.n < sizeof(s->name) && s->name[name.n] != '\0')
		name.n++;
	return name;
}

/* How much memory the section takes, as firmware understands it. */
static uint64_t section_memory(const struct section_header *s)
{
	uint32_t size = get_le32(s->virtual_size);

	return size != 0 ? size : get_le32(s->raw_data_size);
}

static uint64_t section_end(const struct section_header *s)
{
	return get_le32(s->virtual_address) + section_memory(s);
}

/* Firmware checks less than it should. With Debian 12's, a program that writes past its memory, or
 * begins where there is no code, crashes the machine. */
static enum status check_section(const struct pe_file *im, const struct pe32plus_opt_hdr *opt,
				 const struct section_header *s)
{
	uint32_t stored = get_le32(s->raw_data_size), room = get_le32(opt->image_size);
	uint64_t end = get_le32(s->data_addr) + (uint64_t)stored;
	struct str name = section_name(s);

	if (stored > 0 && end > im->size)
		return truncated(im, end);
	if (section_end(s) > room)
		return fail(
			im->report, E_CORRUPT,
			"is damaged: its section '%.*s' ends at byte %lu, but it asks for %u bytes "
			"of memory",
			STR_ARG(name), section_end(s), room);
	if (stored > 0 && get_le32(s->virtual_address) < get_le32(opt->header_size))
		return fail(im->report, E_CORRUPT,
			    "is damaged: its section '%.*s' lies over its headers in memory",
			    STR_ARG(name));
	return OK;
}

/* The section with the program's first instruction; NULL when no section has it. */
static const struct section_header *find_code(const struct section_header *s, unsigned count,
					      uint32_t entry)
{
	for (unsigned i = 0; i < count; i++) {
		uint32_t at = get_le32(s[i].virtual_address);

		if (entry >= at && entry < section_end(&s[i]) &&
		    entry - at < get_le32(s[i].raw_data_size) && get_le32(s[i].flags) & FLAGS_CODE)
			return &s[i];
	}
	return NULL;
}

static bool overlap(const struct section_header *a, const struct section_header *b)
{
	return section_memory(a) > 0 && section_memory(b) > 0 &&
	       get_le32(a->virtual_address) < section_end(b) &&
	       get_le32(b->virtual_address) < section_end(a);
}

/* Only code must not be overlapped: sections of data do overlap in what ukify makes with the stub
 * of systemd 252. */
static enum status check_code(const struct pe_file *im, uint32_t entry,
			      const struct section_header *s, unsigned count)
{
	const struct section_header *code = find_code(s, count, entry);

	if (code == NULL)
		return fail(im->report, E_CORRUPT,
			    "is damaged: it begins at byte %u, where it has no code", entry);
	for (unsigned i = 0; i < count; i++) {
		struct str over = section_name(&s[i]), under = section_name(code);

		if (&s[i] != code && overlap(&s[i], code))
			return fail(im->report, E_CORRUPT,
				    "is damaged: its section '%.*s' lies over its code, '%.*s'",
				    STR_ARG(over), STR_ARG(under));
	}
	return OK;
}

static enum status check_sections(const struct pe_file *im, const struct pe32plus_opt_hdr *opt,
				  const struct section_header *s, unsigned count)
{
	enum status status = OK;

	for (unsigned i = 0; i < count && status == OK; i++)
		status = check_section(im, opt, &s[i]);
	return status == OK ? check_code(im, get_le32(opt->entry_point), s, count) : status;
}

/* Checks the sizes in the header; the section headers end at byte END. */
static enum status check_sizes(const struct pe_file *im, const struct pe32plus_opt_hdr *opt,
			       uint64_t end)
{
	uint32_t size = get_le32(opt->header_size), align = get_le32(opt->section_align);

	if (size > im->size)
		return truncated(im, size);
	if (size < end || size > get_le32(opt->image_size))
		return fail(im->report, E_CORRUPT,
			    "is damaged: its headers take %lu bytes, its header size is %u, and it "
			    "asks for %u bytes of memory",
			    end, size, get_le32(opt->image_size));
	if (align == 0 || (align & (align - 1)) != 0)
		return fail(
			im->report, E_CORRUPT,
			"is damaged: its sections are aligned to %u bytes, which is not a power of "
			"two",
			align);
	return OK;
}

static bool is_unified(const struct section_header *s, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (str_eq(section_name(&s[i]), S(".linux")))
			return true;
	}
	return false;
}

/* Checks that the tables are there, and then what they say. */
static enum status check_headers(const struct pe_file *im, uint64_t at, const struct pe_hdr *pe,
				 struct pe *out)
{
	uint64_t opt_at = at + sizeof(*pe), opt_size = get_le16(pe->opt_hdr_size);
	unsigned count = get_le16(pe->sections);
	uint64_t sections_size = (uint64_t)count * sizeof(struct section_header);
	const struct pe32plus_opt_hdr *opt = part(im, opt_at, opt_size);
	const struct section_header *sections = part(im, opt_at + opt_size, sections_size);
	enum status status;

	if (opt_size < sizeof(*opt) || count == 0 || count > SECTIONS_MAX)
		return damaged_header(im);
	if (opt == NULL || sections == NULL)
		return out_of_reach(im, opt_at + opt_size, sections_size);
	if (get_le16(opt->magic) != PE_OPT_MAGIC_PE32PLUS ||
	    get_le32(opt->data_dirs) > DIRECTORIES_MAX ||
	    get_le32(opt->data_dirs) * sizeof(struct data_dirent) > opt_size - sizeof(*opt))
		return damaged_header(im);
	if (get_le16(opt->subsys) < IMAGE_SUBSYSTEM_EFI_APPLICATION ||
	    get_le16(opt->subsys) > SUBSYS_EFI_LAST)
		return fail(im->report, E_WRONG_TYPE,
			    "is a program for an operating system, not for EFI firmware");
	status = check_sizes(im, opt, opt_at + opt_size + sections_size);
	if (status == OK)
		status = check_sections(im, opt, sections, count);
	if (status == OK)
		status = check_certificates(im, opt, &out->is_signed);
	out->unified = is_unified(sections, count);
	/* The header of Linux 5.8 and later says so: LINUX_EFISTUB_MAJOR_VERSION. */
	out->loads_initrd = get_le16(opt->image_major) >= 1;
	return status;
}

enum status pe_check(const struct pe_file *im, struct pe *out)
{
	const struct mz_hdr *mz = part(im, 0, sizeof(*mz));
	struct pe pe = {0};

	if (im->n < 2 || memcmp(im->head, "MZ", 2) != 0)
		return no_program(im);
	if (mz == NULL)
		return truncated(im, sizeof(*mz));

	uint64_t at = get_le32(mz->peaddr);
	const struct pe_hdr *hdr = part(im, at, sizeof(*hdr));

	if (hdr == NULL)
		return out_of_reach(im, at, sizeof(*hdr));
	if (memcmp(hdr->magic, "PE\0", 4) != 0)
		return no_program(im);
	if (get_le16(hdr->machine) != guest_arch()->machine)
		return wrong_machine(im, get_le16(hdr->machine));

	enum status status = check_headers(im, at, hdr, &pe);

	if (status != OK)
		return status;
	pe.linux_kernel = is_linux(im, &pe.cmdline_size);
	*out = pe;
	return OK;
}

/* The PE header, and in *BEHIND the place behind it; NULL when there is none. */
static const struct pe_hdr *find_header(const struct pe_file *im, uint64_t *behind)
{
	const struct mz_hdr *mz = part(im, 0, sizeof(*mz));
	uint64_t at = mz != NULL ? get_le32(mz->peaddr) : 0;
	const struct pe_hdr *pe = part(im, at, sizeof(*pe));

	*behind = at + sizeof(*pe);
	return pe != NULL && memcmp(pe->magic, "PE\0", 4) == 0 ? pe : NULL;
}

bool pe_section(const void *head, size_t n, const char *name, uint64_t *offset, uint64_t *size)
{
	struct pe_file im = {.head = head, .n = n};
	uint64_t at;
	const struct pe_hdr *pe = find_header(&im, &at);
	unsigned count = pe != NULL ? get_le16(pe->sections) : 0;
	struct str wanted = str_of(name);

	if (pe == NULL)
		return false;
	at += get_le16(pe->opt_hdr_size);
	for (unsigned i = 0; i < count && i < SECTIONS_MAX;
	     i++, at += sizeof(struct section_header)) {
		const struct section_header *s = part(&im, at, sizeof(*s));
		uint64_t used, stored;

		if (s == NULL)
			return false;
		if (memcmp(s->name, name, wanted.n) != 0 ||
		    (wanted.n < sizeof(s->name) && s->name[wanted.n] != '\0'))
			continue;
		used = get_le32(s->virtual_size);
		stored = get_le32(s->raw_data_size);
		*offset = get_le32(s->data_addr);
		*size = used < stored ? used : stored;
		return true;
	}
	return false;
}

/* True when the firmware would have to change the program for its place in memory. */
static bool has_relocations(const struct pe32plus_opt_hdr *opt, size_t opt_size)
{
	const struct data_dirent *d = directory(opt, PE_RELOCATIONS);

	return d != NULL && (opt_size < sizeof(*opt) + (PE_RELOCATIONS + 1) * sizeof(*d) ||
			     get_le32(d->size) > 0);
}

/* True when each of the COUNT sections lies at the same place in memory as in the file, and none
 * but the last that is stored takes more memory than file. */
static bool lies_as_stored(const struct section_header *s, unsigned count, struct pe_outline *out)
{
	uint64_t end = 0;
	bool zeros = false;

	for (unsigned i = 0; i < count; i++) {
		uint64_t at = get_le32(s[i].virtual_address), size = get_le32(s[i].virtual_size);
		uint64_t stored = get_le32(s[i].raw_data_size);

		if (at < end || (stored > 0 && (zeros || at != get_le32(s[i].data_addr))))
			return false;
		if (stored > 0)
			out->stored = at + stored;
		zeros |= size > stored;
		end = at + (size > stored ? size : stored);
	}
	out->used = end;
	return out->stored > 0;
}

bool pe_outline(void *head, size_t n, struct pe_outline *out)
{
	struct pe_file im = {.head = head, .n = n};
	uint64_t at;
	struct pe_hdr *pe = (void *)find_header(&im, &at);
	size_t opt_size = pe != NULL ? get_le16(pe->opt_hdr_size) : 0;
	unsigned count = pe != NULL ? get_le16(pe->sections) : 0;
	struct pe32plus_opt_hdr *opt = (void *)part(&im, at, opt_size);
	const struct section_header *s = part(&im, at + opt_size, (uint64_t)count * sizeof(*s));
	struct pe_outline made = {0};

	if (opt_size < sizeof(*opt) || opt == NULL || s == NULL || get_le32(opt->header_size) > n ||
	    has_relocations(opt, opt_size) || !lies_as_stored(s, count, &made) ||
	    made.used > get_le32(opt->image_size))
		return false;
	pe->sections = (le16){{0}};
	pe->opt_hdr_size = (le16){{sizeof(*opt)}};
	opt->data_dirs = (le32){{0}};
	*out = made;
	return true;
}
