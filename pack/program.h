/* A program between the linker's ELF file, which elf.c reads, and the PE file that pe.c writes. */
#ifndef PACK_PROGRAM_H
#define PACK_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define SECTIONS_MOST 12
#define RELOCS_MOST   (1u << 16)
#define SECTION_PAGE  4096u /* a section begins on one */

struct section {
	const char *name; /* 8 bytes at most */
	uint32_t at, size;
	uint32_t pad; /* bytes behind it in the file alone */
	enum { SECTION_CODE, SECTION_DATA, SECTION_CONSTANTS, SECTION_ZEROS, SECTION_RELOCS } kind;
	unsigned char *bytes; /* NULL: zeros, which the file does not hold */
};

/* Addresses count from the beginning of the program in memory. */
struct program {
	uint16_t machine; /* as PE counts them */
	uint32_t entry;
	unsigned count;
	struct section sections[SECTIONS_MOST]; /* in the order of their addresses */
	size_t relocs_count;
	uint32_t relocs[RELOCS_MOST]; /* where 64-bit addresses lie, in ascending order */
};

/* Reads the position-independent executable FILE of N bytes, which the linker made by
 * efi/program.lds; the sections point into it. Relocations that PE does not have, and whatever
 * else no EFI program may have, end the process with a message. */
void elf_read(unsigned char *file, size_t n, struct program *);

/* Writes the program as a PE file of SIZE bytes, or of as many as it needs if SIZE is 0, to TO,
 * which has room for ROOM. Returns how many they are. What does not fit ends the process with a
 * message. */
size_t pe_write(struct program *, size_t size, unsigned char *to, size_t room);

/* Prints a message for the standard error output and ends the process with 1. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *fmt, ...);

#endif
