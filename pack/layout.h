/* A program as it lies in memory, but for its calls (pack/calls.h). This is what is packed, so that
 * no boot has to read a PE file. */
#ifndef PACK_LAYOUT_H
#define PACK_LAYOUT_H

#include <stddef.h>

#include "base/bytes.h"

/* Its first bytes, in place of the PE headers. Addresses count from here. */
struct layout {
	le32 entry;           /* of efi_main() */
	le32 code, code_end;  /* whole pages, to be executed and not written */
	le32 moves, move_end; /* the relocations, an le32 each: the distance from the one before
				 (from 0) to eight bytes to which the address of the program
				 must be added */
};

/* Lays out the PE file FILE of N bytes at TO, which has room for ROOM bytes. Returns the
 * number of bytes written; 0 when the file was not made by elf2pe or ROOM is too small. */
size_t layout(const unsigned char *file, size_t n, unsigned char *to, size_t room);

#endif
