/* The headers of an EFI program as they lie in its file (Microsoft's "PE Format", sections 3 and
 * 4). The names are those of Linux' include/linux/pe.h. */
#ifndef BASE_PE_FORMAT_H
#define BASE_PE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define IMAGE_FILE_MACHINE_AMD64        0x8664
#define IMAGE_FILE_MACHINE_ARM64        0xaa64
#define PE_OPT_MAGIC_PE32PLUS           0x020b
#define IMAGE_SUBSYSTEM_EFI_APPLICATION 10

/* The number of the data directory of relocations, and the kind of one for eight bytes (PE format,
 * 5.6.2). */
#define PE_RELOCATIONS        5
#define IMAGE_REL_BASED_DIR64 10

struct mz_hdr {
	uint8_t magic[2];
	uint8_t unused[58];
	le32 peaddr;
};

struct pe_hdr {
	uint8_t magic[4];
	le16 machine;
	le16 sections;
	le32 timestamp;
	le32 symbol_table;
	le32 symbols;
	le16 opt_hdr_size;
	le16 flags;
};

struct pe32plus_opt_hdr {
	le16 magic;
	uint8_t unused[2];
	le32 text_size;
	le32 data_size;
	le32 bss_size;
	le32 entry_point;
	le32 code_base;
	uint8_t unused2[8];
	le32 section_align;
	le32 file_align;
	uint8_t unused3[4];
	le16 image_major;
	le16 image_minor;
	uint8_t unused4[8];
	le32 image_size;
	le32 header_size;
	uint8_t unused5[4];
	le16 subsys;
	le16 dll_flags;
	uint8_t unused6[36];
	le32 data_dirs;
};

struct data_dirent {
	le32 virtual_address;
	le32 size;
};

struct section_header {
	char name[8];
	le32 virtual_size;
	le32 virtual_address;
	le32 raw_data_size;
	le32 data_addr;
	uint8_t unused[12];
	le32 flags;
};

_Static_assert(sizeof(struct mz_hdr) == 64, "");
_Static_assert(offsetof(struct mz_hdr, peaddr) == 0x3c, "");
_Static_assert(sizeof(struct pe_hdr) == 24, "");
_Static_assert(offsetof(struct pe_hdr, opt_hdr_size) == 20, "");
_Static_assert(sizeof(struct pe32plus_opt_hdr) == 112, "");
_Static_assert(offsetof(struct pe32plus_opt_hdr, entry_point) == 16, "");
_Static_assert(offsetof(struct pe32plus_opt_hdr, section_align) == 32, "");
_Static_assert(offsetof(struct pe32plus_opt_hdr, image_major) == 44, "");
_Static_assert(offsetof(struct pe32plus_opt_hdr, image_size) == 56, "");
_Static_assert(offsetof(struct pe32plus_opt_hdr, subsys) == 68, "");
_Static_assert(offsetof(struct pe32plus_opt_hdr, data_dirs) == 108, "");
_Static_assert(sizeof(struct section_header) == 40, "");
_Static_assert(offsetof(struct section_header, raw_data_size) == 16, "");
_Static_assert(offsetof(struct section_header, flags) == 36, "");

#endif
