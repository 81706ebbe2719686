/* Remarks, which go to the report: what does not keep the loader from starting an entry, but may
 * surprise. In a boot the loader has no time to look for it, or it shows only when Linux panics. */
#ifndef HOST_REMARKS_H
#define HOST_REMARKS_H

struct entry;
struct host_menu;

/* Remarks each file of the menu that is named as an initrd and does not begin as one. */
void remark_initrds(struct host_menu *);

/* Remarks that root= of entry number I names no disk that could be read, but may name one that
 * could not. */
void remark_root(struct host_menu *, unsigned i);

/* Remarks that entry number I has no initrd, and that its kernel cannot find its root without one;
 * or may not, as its modules are installed. */
void remark_no_initrd(struct host_menu *, unsigned i);

/* Remarks that the newest kernel in /boot is not in the menu that boots. */
void remark_stale_menu(struct host_menu *);

/* Remarks that the options of the Linux entry E name no serial console. */
void remark_silent_serial(struct host_menu *, const struct entry *e);

/* Remarks the images that a running QEMU may write to. */
void remark_in_use(struct host_menu *);

#endif
