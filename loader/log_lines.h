/* The log's lines about disks, menus and what was chosen. */
#ifndef LOADER_LOG_LINES_H
#define LOADER_LOG_LINES_H

#include "loader/loader.h"

/* The current step, "settings", is done, and the host's own menu was read in it. */
void log_settings(const struct loader *);

/* The current step, "disk", is done. */
void log_disk(const struct disk *);

/* The current step, "menu", is done: CONFIG was read from VOLUME. */
void log_menu(const struct volume *, const struct config *);

/* Which entry boots by itself, and why. To be called before the names of disks are appended to
 * titles. */
void log_default(const struct loader *);

/* The entry takes the default's place for this boot, because a guest asked for that. */
void log_once(const struct entry *);

/* The entry is passed over because its tries are spent. */
void log_spent(const struct entry *);

/* A VARIABLE that the guest set names the default; it says how many seconds the menu waits. */
void log_wish(const char *variable, const struct entry *);
void log_wish_time(const char *variable, unsigned seconds);

/* No entry boots by itself: an error that says what is missing. SAYS are the lines for a person. */
void log_nothing(const struct loader *, struct str says);

/* The current step, "wait", is done: a PERSON pressed a key, or nobody. */
void log_wait(bool person);

/* A boot begins. */
void log_boot(const struct entry *);

#endif
