/* What the fuzzers share: a device and a memory that count, and a reader who wants everything. */
#ifndef TEST_FUZZ_FUZZ_H
#define TEST_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/block.h"
#include "fs/volume.h"

/* What each program gives: libFuzzer's entry, and that of test/fuzz/replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Bytes of an input, taken from the front; zeros once it has ended. */
struct fuzz_input {
	const uint8_t *p;
	size_t n;
};

/* The next BYTES <= 8 bytes as a little-endian number. */
uint64_t fuzz_take(struct fuzz_input *, size_t bytes);

/* The fuzzer stops here: WHAT went over its bound. */
_Noreturn void fuzz_stop(const char *what);

/* The memory that reading the journal of ext, and the log of XFS, may take: docs/filesystems.md,
 * "Limits". */
#define JOURNAL_MOST ((size_t)64 << 20)
#define XFS_LOG_MOST ((size_t)(256 + 128 + 16) << 20)

/* The memory that a menu may take: what stays of it, and what GRUB's script takes besides while it
 * runs: docs/grub.md, "Bounds". */
#define CONFIG_MOST ((size_t)8 << 20)
#define MENU_MOST   (CONFIG_MOST + ((size_t)10 << 20))

/* Opens the file system on the device, reads everything in it that can be reached, within bounds of
 * its own, and closes it. Stops the fuzzer when more memory or more requests were needed than
 * docs/filesystems.md says, which for opening is MOST bytes, when a failure went without a word, or
 * when the report was overrun. */
void fuzz_use(struct block *, size_t most);

/* The same, of a device that changes between reads: what was true of a file need not stay true.
 * MORE uses the volume before it is closed, and may take MENU_MOST more. */
void fuzz_use_changing(struct block *, size_t most, void (*more)(struct volume *));

/* The bytes of the file NAME, to be freed, and how many they are; stops without. */
uint8_t *fuzz_load(const char *name, size_t *size);

/* To be called by each device, once a request. */
void fuzz_request(void);

/* The report is sound: lines of harmless text within its bounds. */
void fuzz_check_report(const struct report *);

/* From here on no more than MOST bytes may be in use. */
void fuzz_memory_limit(size_t most);

/* No byte is in use. */
void fuzz_memory_check(void);

/* Small things for those that plant bytes. */
void put_le16(uint8_t *p, uint32_t v);
void put_le32(uint8_t *p, uint32_t v);
void put_be16(uint8_t *p, uint32_t v);
void put_be32(uint8_t *p, uint32_t v);
void put_number(uint8_t *p, size_t bytes, uint64_t v);
uint64_t get_number(const uint8_t *p, size_t bytes);
void put_big(uint8_t *p, size_t bytes, uint64_t v);
uint64_t get_big(const uint8_t *p, size_t bytes);

#endif
