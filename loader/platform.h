/* The seam to the machine and its firmware: efi/machine.c and efi/platform.c; a test's own in
 * test/unit. */
#ifndef LOADER_PLATFORM_H
#define LOADER_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

struct arena;
struct loader;
struct plan;
struct report;

/* How far the firmware is asked to reach for disks. */
enum platform_reach {
	REACH_STORAGE, /* every storage controller, in the firmware's own way */
	REACH_SCSI,    /* every target and LUN of SCSI controllers */
	REACH_USB,     /* USB controllers, which take longest */
};

/* Reads what the host says to this guest into l->settings, l->command_line, which was not looked
 * at, and l->boot_order, and opens l->own. Faults in it are told in l->report. Fails with
 * E_NOT_FOUND when the loader has no directory of its own; with E_NO_MEMORY; or as that directory
 * cannot be read. */
enum status platform_read_settings(struct loader *);

/* Connects the controllers. True when disks appeared that were not there; always true for
 * REACH_STORAGE. */
bool platform_connect(enum platform_reach);

/* Fills l->disks and l->count with the disks that are there now. Fails only with E_NO_MEMORY,
 * reported. */
enum status platform_find(struct loader *);

/* Reports the first disk that is there but out of reach, if one was seen, and what to do.
 * False when none was. */
bool platform_report_unreachable(struct report *);

/* Loads the plan's program from its volume, hands it the options and, to a kernel, the initrds, and
 * starts it. Returns only when that failed or the program came back; everything taken on the way
 * was given back by then. Never OK without the program having run: an EFI program that ended well
 * returns OK, a kernel that comes back is E_IO. Failures are told in REPORT. */
enum status platform_start(const struct plan *, struct report *);

/* The menu will be shown: until the next platform_start(), no watchdog may reset the machine. */
void platform_wait(void);

/* Whose variables of the firmware they are. */
enum vendor {
	VENDOR_PARTLESS,
	VENDOR_LOADER, /* the Boot Loader Interface: every boot loader's */
};

/* The longest name of a variable, in characters of ASCII. */
#define VARIABLE_NAME_MAX 40

/* Reads a variable of the firmware into TO, which has room for ROOM bytes; *BYTES is its length.
 * Anybody may have written it. E_NOT_FOUND when there is none, E_LIMIT when it is longer than ROOM,
 * else as the firmware failed; never reported. */
enum status platform_get(enum vendor, const char *name, void *to, size_t room, size_t *bytes);

/* How long a variable is kept. */
enum keeping {
	KEEP_TILL_RESET,
	KEEP_FOR_EVER, /* also over a reset, if platform_remembers() */
};

/* Makes the BYTES bytes at P the content of a variable of the firmware; none deletes it. Fails,
 * reported, as the firmware failed. To delete what is not there succeeds. */
enum status platform_set(enum vendor, const char *name, enum keeping, const void *p, size_t bytes,
			 struct report *);

/* True when the firmware keeps its variables over a reset. The first call takes a look at its
 * devices. */
bool platform_remembers(void);

/* What measures, and can be asked to. */
#define MEASURES_TPM 1u
#define MEASURES_CC  2u /* the registers of a confidential guest */

/* One event for the log of what measures, and the bytes that are hashed into a register. */
struct measurement {
	const char *what; /* for people and the log: "settings" */
	unsigned pcr;     /* the TPM's register; the firmware knows which one of CC it means */
	uint32_t tag;     /* of an EV_EVENT_TAG; 0: it is an EV_IPL */
	unsigned into;    /* MEASURES_ */
	struct str data;  /* is hashed */
	struct str about; /* stands in the event; no secret */
};

/* The MEASURES_ that this machine has; 0: nothing measures, and no measurement costs anything. */
unsigned platform_measures(void);

/* Measures into m->into. Fails, reported, if one of them does not take it; the others may have it
 * then. OK also when it was measured, and only the log is full. */
enum status platform_measure(const struct measurement *, struct report *);

/* What only the firmware knows of itself and of this machine. Text is "" where it does not say. */
struct facts {
	struct str firmware; /* "EDK II 1.00" */
	struct str type;     /* "UEFI 2.70" */
	struct str image;    /* the loader's path on its volume, "\\EFI\\BOOT\\BOOTX64.EFI" */
	bool confidential;   /* whoever keeps its variables is not to be trusted */
	bool secure_boot;    /* it is on, or the firmware does not say */
};

/* Fills the facts; their text lies in the arena. */
void platform_describe(struct arena *, struct facts *);

/* Resets the machine, or switches it off. Returns only where the firmware cannot. */
void platform_reset(bool off);

#endif
