/* AppArmor on the host: which files libvirt's rules for all guests let QEMU read. */
#ifndef HOST_DOCTOR_APPARMOR_H
#define HOST_DOCTOR_APPARMOR_H

#include "base/arena.h"
#include "host/tree.h"

/* A rule about reading. */
struct apparmor_rule {
	struct apparmor_rule *next;
	struct str glob;
	bool denies;
};

/* True when the kernel enforces profiles and libvirt has its own. */
bool apparmor_is_on(const struct tree *);

/* Reads the rules that every guest's profile has: those of TEMPLATE.qemu, of which libvirt makes
 * profiles, of abstractions/libvirt-qemu, and of what they include.
 * They lie in the arena. A file that cannot be read has none. */
struct apparmor_rule *apparmor_read(const struct tree *, struct arena *);

/* True when the rules let QEMU read PATH, which has no symlinks. A directory's ends in '/'. */
bool apparmor_lets(const struct apparmor_rule *, const char *path);

/* True when libvirt's virt-aa-helper makes no profile for a guest that names PATH. */
bool apparmor_refuses(const char *path);

#endif
