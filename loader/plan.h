/* One boot, planned: everything that can be checked before the firmware is asked to start it. */
#ifndef LOADER_PLAN_H
#define LOADER_PLAN_H

#include "config/entry.h"

/* The most bytes of options that we pass to any program. A kernel's header may name a lower limit.
 */
#define OPTIONS_MAX 65535

/* The most bytes of all initrds together. That of a kernel or EFI program is PE_MAX. */
#define INITRD_MAX (UINT64_C(4) << 30)

/* Initrds are joined as the kernel's unpacker wants them: each begins at a multiple of this, and
 * the gap is zeros. */
#define INITRD_ALIGN 4

/* Where the initrd after END begins. Cannot overflow: END is INITRD_MAX at most. */
static inline uint64_t plan_align(uint64_t end)
{
	return (end + INITRD_ALIGN - 1) / INITRD_ALIGN * INITRD_ALIGN;
}

/* The name under which a kernel that does not ask the loader finds its initrds. */
#define INITRD_NAME "initrd"

struct plan {
	const struct entry *entry;
	const char *what_to_do; /* about a failure, for a person; NULL: the report says it */
	struct str
		options;   /* as the entry has them, or as edited; plan_options() hands them over */
	bool linux_kernel; /* it reads `initrd=` in its options */
	bool initrd_by_file; /* it is older than Linux 5.8 and opens INITRD_NAME on its device */
	uint64_t kernel_size;
	uint64_t initrd_size[ENTRY_INITRDS]; /* bytes of each file */
	uint64_t initrd_total;               /* bytes of all, gaps included */
	const void *held; /* all of them, which were read to be measured; NULL: on the disk */
};

/* Plans the boot of ENTRY with OPTIONS: looks at every file it names, and into the kernel's header.
 * Fails, with the reason in REPORT, when something is missing or not what it should be, or when the
 * options are longer than the kernel takes. The caller then reports the entry's name and what to
 * do, which is all that PLAN holds. PLAN borrows ENTRY and OPTIONS. */
enum status plan_boot(const struct entry *, struct str options, struct report *, struct plan *);

/* Writes the options to TO as the program gets them, at most ROOM bytes; returns how long they are.
 * The guest's own `initrd=` names no file that we offer to the kernel, and many kernels hang or
 * give up when they cannot open it. So such words are left out, and one of ours is added for a
 * kernel that opens its initrd as a file. */
size_t plan_options(const struct plan *, char *to, size_t room);

/* The options in UTF-16, with a NUL, *BYTES of them with it, in memory from mem_alloc(*BYTES); NULL
 * when there is none. */
uint16_t *plan_options_utf16(const struct plan *, size_t *bytes);

/* Fills TO with BYTES bytes of the joined initrds from OFFSET on, read straight from the disk
 * unless they are held. The range must lie inside initrd_total. An initrd that does not begin as
 * one is reported on the console and in the log, and handed over all the same. */
enum status plan_read_initrd(const struct plan *, uint64_t offset, void *to, size_t bytes);

#endif
