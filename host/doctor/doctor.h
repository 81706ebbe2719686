/* `partless doctor`: the parts of the examination, and what they share. */
#ifndef HOST_DOCTOR_DOCTOR_H
#define HOST_DOCTOR_DOCTOR_H

#include "host/doctor/apparmor.h"
#include "host/doctor/domain.h"
#include "host/doctor/findings.h"
#include "host/doctor/reader.h"
#include "host/menu.h"

/* One examination. */
struct doctor {
	struct arena arena;
	struct report report;
	struct tree tree;
	struct domain domain;
	struct findings findings;
	bool session;       /* QEMU runs as the caller, not as a user of its own */
	bool knows_user;    /* so USER is valid */
	struct reader user; /* whom QEMU runs as */
	bool keeps_owners;  /* libvirt gives disks and kernels to that user only if this is false */
	bool apparmor;      /* guests have profiles, with these rules: */
	struct apparmor_rule *rules;
	bool has_loader; /* the loader was found and read: */
	bool loader_signed;
	const struct domain_disk *medium; /* the first that may; NULL: none */
	struct menu_args args;
};

/* What the host says of all guests: whom QEMU runs as, and AppArmor. */
void doctor_host(struct doctor *);

/* The parts. Each adds what it finds. doctor_machine() returns false when the domain is of a kind
 * that cannot boot by Partless at all; then nothing else is examined. */
bool doctor_machine(struct doctor *);
void doctor_loader(struct doctor *);
void doctor_medium(struct doctor *);
void doctor_kernel(struct doctor *);
void doctor_order(struct doctor *);    /* after the medium */
void doctor_firmware(struct doctor *); /* after the loader: is it signed? */
void doctor_disks(struct doctor *);    /* fills in args.disks */
void doctor_settings(struct doctor *); /* fills in args.settings and args.command_line */

/* The FILE of the directory changed at CHANGED, in seconds since 1970: says so if the guest's QEMU
 * was started before that. */
void doctor_changed(struct doctor *, const char *file, int64_t changed);

/* Reads the file as the loader for the domain's processor; has_loader and loader_signed are then
 * set. E_DENIED when the caller may not read it, which is then found; E_NO_MEMORY; or as
 * loader_file_read() and loader_file_check() fail: *WHY, in the arena, says why. */
enum status doctor_read_loader(struct doctor *, const char *path, struct str *why);

/* "disk sda", for people; lives as long as the doctor. */
const char *doctor_name(struct doctor *, const struct domain_disk *);

/* The disk that is the loader's directory; NULL when there is none. */
const struct domain_disk *doctor_directory(const struct doctor *);

#endif
