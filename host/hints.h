/* What is no failure and surprises all the same; the loader has no time to look for it. */
#ifndef HOST_HINTS_H
#define HOST_HINTS_H

#include "host/menu.h"

/* The menu that boots names none of the newest kernels of its /boot: was it made anew? */
void remark_stale_menu(struct host_menu *);

/* The Linux entry E writes nothing to a serial line once its kernel has started. */
void remark_silent_serial(struct host_menu *, const struct entry *e);

/* An image that somebody writes to may be read half-written. */
void remark_in_use(struct host_menu *);

#endif
