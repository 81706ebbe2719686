/* A program as it lies in memory: what is packed, so that nobody has to make sense of a PE file in
 * each boot. */
#ifndef PACK_LAYOUT_H
#define PACK_LAYOUT_H

#include <stddef.h>

#include "base/bytes.h"

/* It begins with this, in place of the PE headers. Addresses count from its first byte. */
struct layout {
	le32 entry;           /* of efi_main() */
	le32 code, code_end;  /* whole pages, which are executed and not written */
	le32 moves, move_end; /* le32 each: how far behind the one before, the first behind 0, lie
				 eight bytes to which the program's own address is to be added */
};

/* Lays out the PE file of N bytes at TO, which has room for ROOM. The bytes that it takes; 0 when
 * the file is none of ours (efi/x86_64/pe.lds) or there is no room. */
size_t layout(const unsigned char *file, size_t n, unsigned char *to, size_t room);

#endif
