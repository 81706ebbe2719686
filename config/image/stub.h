/* What the EFI stub of a Linux kernel measures by itself, told from the kernel's file. */
#ifndef CONFIG_IMAGE_STUB_H
#define CONFIG_IMAGE_STUB_H

#include <stdbool.h>
#include <stddef.h>

/* All false: it measures nothing, or is no kernel. */
struct stub {
	bool options; /* its options, Linux 6.1 and later */
	bool initrd;  /* the initrd, Linux 5.17 and later */
	bool cc;      /* both also for confidential computing, Linux 6.9 and later */
};

/* Looks at the N bytes of an unpacked kernel. Each is true only if the stub holds what it puts into
 * its own events, so it is right for kernels with patches, and false in case of doubt. */
struct stub stub_find(const void *file, size_t n);

#endif
