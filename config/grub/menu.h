/* The menu of a GRUB script: entries are kept while the script runs; their bodies run afterwards.
 */
#ifndef CONFIG_GRUB_MENU_H
#define CONFIG_GRUB_MENU_H

#include "config/grub/run.h"

/* Adds an entry to the menu that is being read. Its body is SOURCE, "{\n...\n}\n", which FILE
 * holds; all of it must live as long as the script. */
void grub_menu_add(struct grub *, struct grub_file *, struct str title, struct str id,
		   struct str source);

/* Runs the bodies of all entries of a menu, which has at least one, and adds what they boot to the
 * configuration. Returns the entry that GRUB would boot if nobody pressed a key, NULL when that
 * boots nothing; *FOUND tells whether its files exist. */
struct entry *grub_menu_read(struct grub *, struct grub_menu *, bool *found);

/* As grub_menu_read(), for the menu that is shown first: also sets the configuration's default and
 * timeout. */
void grub_menu_show(struct grub *, struct grub_menu *);

/* Adds an entry to the configuration for what a body or the script loaded, named by g->frame.title
 * and g->frame.id. LINE is its place in g->file. NULL when there is no room for it: then the script
 * ended. */
struct entry *grub_menu_make(struct grub *, const struct grub_boot *, unsigned line);

/* include.c: runs TEXT, which FILE holds, as part of the script, without its carriage returns and
 * NULs: TEXT is changed in place. FILE and TEXT must live as long as the script. */
void grub_run_file(struct grub *, struct grub_file *, struct str text);

#endif
