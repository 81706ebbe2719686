/* What the guest is told by variables of the Boot Loader Interface. */
#ifndef LOADER_INTERFACE_PUBLISH_H
#define LOADER_INTERFACE_PUBLISH_H

#include "loader/loader.h"

struct interface;

/* Tells what ITEM, which starts now, may want to know. MENU is when the menu was first shown, in
 * ticks, and 0 when it was not. When the firmware takes no variables, the report says so, once. */
void publish(struct loader *, struct interface *, const struct item *, uint64_t menu);

/* The loader's work is done: the program runs as soon as this returns. A failure is dropped;
 * SCRATCH is as it was. */
void publish_start(struct report *scratch);

#endif
