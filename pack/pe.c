/* Writes an EFI program (Microsoft's "PE Format", sections 3, 4 and 5.6). The same program gives
 * the same bytes: there is no time in it. */
#include <string.h>

#include "base/pe_format.h"
#include "pack/program.h"

#define FILE_ALIGN 512u
#define HEADERS    1024u
#define PE_AT      128u /* behind room for a DOS program; linkers put one there */
#define DIRS       16u
#define RELOC_PAGE 4096u

#define SECTIONS_AT                                                        \
	(PE_AT + sizeof(struct pe_hdr) + sizeof(struct pe32plus_opt_hdr) + \
	 DIRS * sizeof(struct data_dirent))

_Static_assert(SECTIONS_AT + SECTIONS_MOST * sizeof(struct section_header) <= HEADERS, "");

/* Of the file: executable; addresses above 2 GiB; nothing for a debugger. */
#define FILE_FLAGS (0x0002 | 0x0020 | 0x0200)

/* Of the image: may be loaded anywhere, above 4 GiB too; no data is executed. */
#define IMAGE_FLAGS (0x0040 | 0x0020 | 0x0100)

#define EXECUTE 0x20000000u
#define READ    0x40000000u
#define WRITE   0x80000000u

static const uint32_t section_flags[] = {
	[SECTION_CODE] = 0x20 | READ | EXECUTE,      [SECTION_DATA] = 0x40 | READ | WRITE,
	[SECTION_CONSTANTS] = 0x40 | READ,           [SECTION_ZEROS] = 0x80 | READ | WRITE,
	[SECTION_RELOCS] = 0x40 | READ | 0x02000000, /* not wanted once it is loaded */
};

static uint32_t round_up(uint32_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

/* Bytes that .reloc takes: a block for each page, a record for each relocation, and one more where
 * their number in a block is odd. */
static unsigned char relocs[RELOCS_MOST * (sizeof(struct data_dirent) + 2 * sizeof(le16))];

static uint32_t make_relocs(const struct program *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->relocs_count;) {
		uint32_t page = p->relocs[i] / RELOC_PAGE * RELOC_PAGE;
		size_t begin = n;

		n += sizeof(struct data_dirent);
		for (; i < p->relocs_count && p->relocs[i] - page < RELOC_PAGE;
		     i++, n += sizeof(le16)) {
			le16 record = to_le16(
				(uint16_t)(IMAGE_REL_BASED_DIR64 << 12 | (p->relocs[i] - page)));

			memcpy(relocs + n, &record, sizeof(record));
		}
		n = (n + 3) / 4 * 4;
		memcpy(relocs + begin,
		       &(struct data_dirent){to_le32(page), to_le32((uint32_t)(n - begin))},
		       sizeof(struct data_dirent));
	}
	return (uint32_t)n;
}

/* The end of the program in memory. */
static uint32_t end_of(const struct program *p)
{
	const struct section *last = &p->sections[p->count - 1];

	return round_up(last->at + last->size, SECTION_PAGE);
}

/* Bytes of the file that the section takes. */
static uint32_t stored(const struct section *s)
{
	return s->bytes != NULL ? round_up(s->size + s->pad, FILE_ALIGN) : 0;
}

/* Appends .reloc, which the firmware needs to load the program anywhere. It is padded by what the
 * file lacks of SIZE bytes, so that all bytes of the file belong to a section; but not in memory,
 * as shim 15.7 wants its size there to be that in the table of directories. Returns its row of that
 * table. */
static struct data_dirent add_reloc_section(struct program *p, size_t size)
{
	uint32_t n = make_relocs(p), at = end_of(p);
	size_t file = HEADERS + round_up(n, FILE_ALIGN);

	for (unsigned i = 0; i < p->count; i++)
		file += stored(&p->sections[i]);
	if (size > 0 && (file > size || size % FILE_ALIGN != 0))
		die("the file would have %zu bytes, and is to have %zu", file, size);
	p->sections[p->count++] = (struct section){
		.name = ".reloc",
		.at = at,
		.size = n,
		.pad = size > 0 ? (uint32_t)(size - file) : 0,
		.kind = SECTION_RELOCS,
		.bytes = relocs,
	};
	return (struct data_dirent){to_le32(at), to_le32(n)};
}

static void put_headers(const struct program *p, struct data_dirent reloc, unsigned char *to)
{
	struct mz_hdr mz = {.magic = {'M', 'Z'}, .peaddr = to_le32(PE_AT)};
	struct pe_hdr pe = {
		.magic = {'P', 'E'},
		.machine = to_le16(p->machine),
		.sections = to_le16((uint16_t)p->count),
		.opt_hdr_size = to_le16(sizeof(struct pe32plus_opt_hdr) +
					DIRS * sizeof(struct data_dirent)),
		.flags = to_le16(FILE_FLAGS),
	};
	struct pe32plus_opt_hdr opt = {
		.magic = to_le16(PE_OPT_MAGIC_PE32PLUS),
		.entry_point = to_le32(p->entry),
		.section_align = to_le32(SECTION_PAGE),
		.file_align = to_le32(FILE_ALIGN),
		.image_size = to_le32(end_of(p)),
		.header_size = to_le32(HEADERS),
		.subsys = to_le16(IMAGE_SUBSYSTEM_EFI_APPLICATION),
		.dll_flags = to_le16(IMAGE_FLAGS),
		.data_dirs = to_le32(DIRS),
	};
	struct data_dirent dirs[DIRS] = {[PE_RELOCATIONS] = reloc};

	for (unsigned i = 0; i < p->count; i++) {
		if (p->sections[i].kind == SECTION_CODE) {
			opt.code_base = to_le32(p->sections[i].at);
			opt.text_size = to_le32(stored(&p->sections[i]));
		}
	}
	memcpy(to, &mz, sizeof(mz));
	to += PE_AT;
	memcpy(to, &pe, sizeof(pe));
	to += sizeof(pe);
	memcpy(to, &opt, sizeof(opt));
	memcpy(to + sizeof(opt), dirs, sizeof(dirs));
}

/* Appends the section to the file, which has N bytes so far. Returns how many it has then. */
static size_t put_section(const struct section *s, unsigned i, unsigned char *to, size_t n)
{
	struct section_header header = {
		.virtual_size = to_le32(s->size),
		.virtual_address = to_le32(s->at),
		.raw_data_size = to_le32(stored(s)),
		.data_addr = to_le32(s->bytes != NULL ? (uint32_t)n : 0),
		.flags = to_le32(section_flags[s->kind]),
	};

	memcpy(header.name, s->name, strnlen(s->name, sizeof(header.name)));
	memcpy(to + SECTIONS_AT + i * sizeof(header), &header, sizeof(header));
	if (s->bytes != NULL)
		memcpy(to + n, s->bytes, s->size);
	return n + stored(s);
}

size_t pe_write(struct program *p, size_t size, unsigned char *to, size_t room)
{
	struct data_dirent reloc = add_reloc_section(p, size);
	size_t n = HEADERS;

	memset(to, 0, room);
	put_headers(p, reloc, to);
	for (unsigned i = 0; i < p->count; i++) {
		if (stored(&p->sections[i]) > room - n)
			die("the program is too large");
		n = put_section(&p->sections[i], i, to, n);
	}
	return n;
}
