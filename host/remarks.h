/* What is no failure and surprises all the same; the loader has no time to look for it, or Linux
 * would tell it with a panic. All is told in the report. */
#ifndef HOST_REMARKS_H
#define HOST_REMARKS_H

struct entry;
struct host_menu;

/* Each initrd in the menu that does not begin as one, once. */
void remark_initrds(struct host_menu *);

/* The root= of entry number I names no disk that could be read; one that could not may have it. */
void remark_root(struct host_menu *, unsigned i);

/* Entry number I has no initrd, and its kernel cannot find its root without one, or may not: the
 * modules of its version are there. */
void remark_no_initrd(struct host_menu *, unsigned i);

/* The menu that boots names none of the newest kernels of its /boot: was it made anew? */
void remark_stale_menu(struct host_menu *);

/* The Linux entry E writes nothing to a serial line once its kernel has started. */
void remark_silent_serial(struct host_menu *, const struct entry *e);

/* An image that somebody writes to may be read half-written. */
void remark_in_use(struct host_menu *);

#endif
