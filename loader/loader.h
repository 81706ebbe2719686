/* The story: look at the disks, choose an entry, boot it, and come back when that fails. The
 * layers:
 *
 *   story.c                             the whole story, and how far a guest is searched for
 *   run.c, menu/                        the menu, one boot after the other, the end
 *   once.c, keep.c                      what a guest asks for once; what is kept for later boots
 *   explain.c, advice.c                 what is said when nothing boots
 *   interface/                          what the guest's userland asks for, and what it is told
 *   discover.c, disks/, settings/       volumes and entries, their order, the host's settings
 *   defaults.c                          which entry boots if nobody chooses, and when
 *   plan.c, plan_initrd.c, progress.c   one boot, checked and read
 *   measure.c                           what of it goes into the TPM's log
 *   log.c, log_lines.c                  lines for machines
 *   cmdline.c                           the kernel's command line
 */
#ifndef LOADER_LOADER_H
#define LOADER_LOADER_H

#include "base/arena.h"
#include "base/status.h"
#include "config/config.h"

struct block;
struct volume;

/* The most disks and partitions that are looked at. */
#define DISKS_MAX 256

/* The most bytes that the boot files of one volume may take, parsed, and the entries of all. */
#define CONFIG_MEMORY (8u << 20)
#define MENU_MAX      4096

/* Seconds that a failure is shown before the next entry is tried, and that the last report stays
 * before the firmware gets control back. */
#define TIMEOUT_RETRY 5
#define TIMEOUT_LAST  30

/* How the firmware says that a disk is attached. */
enum link { LINK_OTHER, LINK_SCSI, LINK_IDE, LINK_SATA, LINK_USB, LINK_NVME };

/* The bus that Linux names a disk after: /dev/vda, /dev/sda, /dev/nvme0n1. */
enum bus {
	BUS_OTHER, /* we cannot tell */
	BUS_VIRTIO,
	BUS_SCSI, /* SCSI and SATA */
	BUS_NVME,
};

/* A disk or a partition as the platform found it. */
struct disk {
	struct block *block; /* borrowed; outlives the loader */
	unsigned number;     /* among all whole disks, from 0, in the firmware's order */
	unsigned partition;  /* from 1; 0: the whole disk */
	enum link link;
	bool virtio;           /* on a virtio controller: virtio-blk or virtio-scsi */
	uint64_t controller;   /* the place of its PCI function, from 1, in the order in which Linux
				* scans; 0: not known */
	enum bus bus;          /* a partition has its disk's */
	unsigned linux_index;  /* from 0, among the disks of this bus, in the order of Linux */
	bool linux_sure;       /* no other disk can have that name */
	struct str serial;     /* the disk's serial number; "" where the firmware cannot tell */
	unsigned boot_place;   /* in the boot order, from 1; 0: it has none */
	bool named;            /* the host named it, or the disk it lies on */
	enum status status;    /* of opening its file system, by loader_discover() */
	struct volume *volume; /* its file system; NULL when status is not OK */
	struct config config;  /* what its boot files say */
	struct arena arena;    /* where that lies */
};

/* One line of the menu. */
struct item {
	struct entry *entry;
	const struct disk *disk; /* whose boot files made the entry; NULL: it is the host's own */
	struct str told_id;      /* by which the guest knows it: loader/interface/ids.h */
	bool tried;              /* it was started */
};

struct loader {
	struct arena arena;
	struct report *report;
	uint64_t begun;           /* clock_ticks() at the first instruction */
	struct settings settings; /* what the host said; its partless.conf adds to that */
	char *command_line;       /* the loader's own, in the arena; NULL: none */
	size_t command_line_bytes;
	struct str boot_order; /* the host's, as QEMU writes it; "" when it says nothing */
	struct disk *disks; /* given in the firmware's order, in the caller's memory; sorted here */
	unsigned count;
	struct places places;       /* all file systems except the loader's own */
	struct volume *own;         /* the loader's own directory; NULL when there is none */
	struct config own_config;   /* its partless.conf's entries */
	const struct config *guest; /* of the volume whose default and timeout count; NULL: none */
	struct item *entries;       /* the menu, in its order */
	unsigned entries_count;
	unsigned default_entry; /* index in entries; where the menu begins when none can boot */
	unsigned usual_entry;   /* the default, apart from what a guest asked for once */
	bool bootable;          /* at least one entry boots by itself: there is a default */
	bool out_of_reach;      /* the firmware does not reach a disk that is there */
	bool timeout_said;      /* the host or a boot file says it; else TIMEOUT_DEFAULT */
	unsigned timeout;       /* seconds */
	bool settings_measured; /* loader/measure.h */
	struct str remarks;     /* lines that are worth telling only when nothing boots */
	struct str why; /* nothing boots by itself: explain_nothing(); loader_run() sets it */
};

/* What the boot files of DISK say; NULL: the host's own. Borrowed. */
static inline const struct config *loader_config(const struct loader *l, const struct disk *disk)
{
	return disk != NULL ? &disk->config : &l->own_config;
}

/* Runs the loader on the machine behind platform.h. L holds only an empty report. Returns when the
 * firmware gets control back: with the result of loader_run(), or with an earlier failure. */
enum status loader_boot(struct loader *);

/* Opens every disk's file system, reads the boot files and makes the menu, as the host's settings
 * want it. A fault of one disk is reported, and only that disk is left out. Fails only with
 * E_NO_MEMORY. */
enum status loader_discover(struct loader *);

/* Sets what boot files may refer to before any volume is known: what the machine keeps. */
void loader_places_none(struct loader *);

/* True when more disks would change nothing: a guest's entry boots by itself, or the host's setting
 * `default` names an entry of the host's own that can boot. Valid after loader_discover(). */
bool loader_is_settled(const struct loader *);

/* Shows the menu and boots. Returns OK when an EFI program ended well, and the last failure when
 * nothing is left to try; the firmware then gets control back. */
enum status loader_run(struct loader *);

/* Closes the volumes and frees everything that discovery and the settings made. */
void loader_free(struct loader *);

#endif
