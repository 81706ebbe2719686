/* Digests, as the banks of a TPM hold them: libcrypto computes them. */
#ifndef HOST_DIGEST_H
#define HOST_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum bank { BANK_SHA256, BANK_SHA384, BANKS };

/* The most bytes of a digest. */
#define DIGEST_MAX 48

/* The digest of one thing in every bank. */
struct digest {
	uint8_t in[BANKS][DIGEST_MAX];
};

/* The name of a bank, "sha256", and the bytes of its digests. */
const char *bank_name(enum bank);
size_t bank_bytes(enum bank);

/* Computes the digest of the COUNT parts, joined. Ends the program when libcrypto cannot, which is
 * for want of memory. */
void digest_parts(const struct str *parts, unsigned count, struct digest *);

/* Computes the digest of S. */
void digest_of(struct str s, struct digest *);

/* Extends a register, which is zeros at first: TPM 2.0 Library, part 1, 17.2. */
void digest_extend(struct digest *reg, const struct digest *);

/* Computes the digest of a program as firmware measures it (Windows Authenticode Portable
 * Executable Signature Format, "Calculating the PE Image Hash"): without its checksum and
 * signatures. As edk2 does, nothing is added to a file whose size is not a multiple of 8. False
 * when FILE is no program, or has headers that contradict each other. */
bool digest_program(struct str file, struct digest *);

#endif
