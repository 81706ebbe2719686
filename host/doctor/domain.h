/* A libvirt domain: what its XML says that matters for a boot. */
#ifndef HOST_DOCTOR_DOMAIN_H
#define HOST_DOCTOR_DOMAIN_H

#include "base/arena.h"
#include "base/status.h"

/* The most bytes of XML that are read, and the most disks of a domain that count. */
#define DOMAIN_XML_MAX   (4u << 20)
#define DOMAIN_DISKS_MAX 256

/* What the domain says of a feature: nothing, no, or yes. */
enum said { UNSAID, SAID_NO, SAID_YES };

/* A <disk>. Strings are NULL where the domain does not say. */
struct domain_disk {
	const char *type;   /* "file", "block", "dir", "network", "volume" */
	const char *device; /* "disk", "lun", "cdrom", "floppy" */
	const char *source; /* the file, device or directory */
	const char *driver, *format;
	const char *target, *bus;
	const char *serial;
	unsigned order; /* of <boot order=>; 0: none */
	unsigned scsi_target, scsi_unit;
	bool readonly, transient, encrypted;
	bool medium; /* the doctor found that it may hold the loader */
};

/* A setting by SMBIOS (no NAME) or fw_cfg. */
struct domain_setting {
	struct domain_setting *next;
	const char *name, *value, *file;
};

struct domain {
	const char *name, *type; /* "kvm" */
	const char *os_type;     /* "hvm" */
	const char *arch, *machine, *emulator;
	uint64_t memory_kib; /* 0: unsaid */
	const char *firmware, *loader, *nvram, *nvram_template, *nvram_format;
	const char *kernel, *initrd, *cmdline;
	const char *boot_dev; /* the first <boot dev=> in <os> */
	const char *user;     /* whom QEMU runs as, by the label of the model dac: "+64055" */
	enum said loader_secure, secure_boot, enrolled_keys;
	bool no_usb;      /* <controller type='usb' model='none'/> */
	bool has_console; /* a serial line, a console or a screen */
	bool boots_net;   /* a network card or another device is in the boot order */
	bool boots_hd;    /* a <boot dev=> in <os> is 'hd' */
	bool any_order;   /* there is a <boot order=> */
	bool smbios;      /* the guest sees <sysinfo type='smbios'> */
	bool virtio_scsi; /* every SCSI controller is virtio's */
	bool no_apparmor; /* it runs without a profile */
	struct domain_setting *oem_strings, *fw_cfg;
	struct domain_disk *disks;
	unsigned disks_count;
};

/* Parses XML, which comes from NAME. The strings lie in the arena. Disks of one bus are sorted by
 * their targets, as libvirt sorts them. E_SYNTAX, E_UNSUPPORTED (a DOCTYPE, with which XML can grow
 * or read files), E_WRONG_TYPE (not a domain) or E_NO_MEMORY, reported. */
enum status domain_parse(struct arena *, const char *name, struct str xml, struct report *,
			 struct domain *);

/* True for what libvirt counts as a hard disk: no CD and no floppy. */
bool domain_is_hard_disk(const struct domain_disk *);

#endif
