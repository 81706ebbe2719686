/* What `doctor` found: what would stop a domain from booting, and what may surprise. */
#ifndef HOST_DOCTOR_FINDINGS_H
#define HOST_DOCTOR_FINDINGS_H

#include "base/arena.h"
#include "base/str.h"

enum severity {
	FOUND_ERROR,   /* it will not boot */
	FOUND_UNKNOWN, /* whether it boots cannot be told */
	FOUND_REMARK,
};

/* What can be found. findings.c has the word of each, which does not change, and its severity;
 * docs/partless.1 lists them. */
enum finding_code {
	FIND_WRONG_TYPE,
	FIND_NO_KVM,
	FIND_LITTLE_MEMORY,
	FIND_NO_CONSOLE,
	FIND_NO_UEFI,
	FIND_FIRMWARE_MISSING,
	FIND_FIRMWARE_ARCH,
	FIND_SECURE_BOOT,
	FIND_SECURE_BOOT_MAYBE,
	FIND_NVRAM_DIRECTORY,
	FIND_NVRAM_UNREAD,
	FIND_NO_LOADER,
	FIND_DIRECTORY_MISSING,
	FIND_DIRECTORY_UNREADABLE,
	FIND_DIRECTORY_APPARMOR,
	FIND_FILE_UNREADABLE,
	FIND_FILE_APPARMOR,
	FIND_APPARMOR_REFUSES,
	FIND_LOADER_MISSING,
	FIND_LOADER_FOREIGN,
	FIND_NOT_READONLY,
	FIND_MEDIUM_WRITABLE,
	FIND_MEDIUM_TRANSIENT,
	FIND_NOT_FAT,
	FIND_WRONG_BUS,
	FIND_NO_USB,
	FIND_NO_VVFAT,
	FIND_TWO_ORDERS,
	FIND_NOT_IN_ORDER,
	FIND_NOT_FIRST,
	FIND_FILES_CHANGED,
	FIND_USER_UNKNOWN,
	FIND_KERNEL_MISSING,
	FIND_KERNEL_UNREADABLE,
	FIND_KERNEL_FOREIGN,
	FIND_KERNEL_INITRD,
	FIND_TWO_LOADERS,
	FIND_NO_DISK,
	FIND_DISK_MISSING,
	FIND_DISK_UNREADABLE,
	FIND_UNREAD,
	FIND_DISK_ORDER,
	FIND_DISK_BUS,
	FIND_DISK_UNIT,
	FIND_SETTING,
	FINDINGS,
};

struct finding {
	struct finding *next;
	enum finding_code code;
	struct str where, what, cure; /* the cure may be "" */
};

/* All zero is none. */
struct findings {
	struct arena arena;
	struct finding *first, **end;
	unsigned count[FOUND_REMARK + 1]; /* of each severity */
	bool no_memory;                   /* one could not be kept */
};

/* Adds one: WHERE it is, what is wrong, formatted as fmt_va() says, and the CURE, "" for none. */
void findings_add(struct findings *, enum finding_code, const char *where, const char *cure,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

void findings_free(struct findings *);

/* Prints a line for each on standard output: the errors first, the remarks last. */
void findings_print(const struct findings *);

/* Prints them on standard output as a list of JSON objects. */
void findings_print_json(const struct findings *);

#endif
