/* The processor of a guest: what its kernels and its menus know it by. */
#ifndef CONFIG_IMAGE_ARCH_H
#define CONFIG_IMAGE_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

struct pe;
struct pe_file;

struct arch {
	const char *name;     /* for people: "x86-64" */
	const char *names;    /* what people write for it, with blanks between: "x64 x86-64" */
	const char *grub_cpu; /* GRUB's variable of that name: "x86_64" */
	uint16_t machine; /* in the header of an EFI program: PE specification, "Machine types" */

	/* Checks a program: pe_check(), or what does the same and knows how kernels for this
	 * processor are packed. */
	enum status (*check)(const struct pe_file *, struct pe *);

	/* True when a file whose first bytes are HEAD is a Linux kernel for this processor.
	 * *CMDLINE is the most bytes of options that it takes. */
	bool (*is_linux)(struct str head, uint32_t *cmdline);
};

/* The processor for which this program looks at menus and kernels. The loader has its own, the
 * command the one that it was asked for. */
const struct arch *guest_arch(void);

/* True when NAME is among the processor's `names`, upper and lower case being alike. */
bool arch_has_name(const struct arch *, struct str name);

#endif
