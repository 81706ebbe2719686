/* The menu of a GRUB script: entries are kept while the script runs and run when it has ended. */
#ifndef CONFIG_GRUB_MENU_H
#define CONFIG_GRUB_MENU_H

#include "config/grub/run.h"

/* Adds an entry to the menu that is being read. Its body is SOURCE, "{\n...\n}\n", which FILE
 * holds; all of it must live as long as the script. */
void grub_menu_add(struct grub *, struct grub_file *, struct str title, struct str id,
		   struct str source);

/* Runs the entries of a menu that is to be shown, and makes the configuration's entries of them.
 * Answers what GRUB would boot of it when nobody presses a key, NULL when that is nothing; *FOUND
 * tells whether its files are there. */
struct entry *grub_menu_read(struct grub *, struct grub_menu *, bool *found);

/* As grub_menu_read(), of a menu that is shown first: sets the configuration's default and timeout
 * too. */
void grub_menu_show(struct grub *, struct grub_menu *);

/* Makes the entry of what a body or a file loaded, g->frame.title and g->frame.id being its name.
 * NULL when there is no room for it: then the script ended. */
struct entry *grub_menu_make(struct grub *, const struct grub_boot *, unsigned line);

/* include.c: runs TEXT, which FILE holds, as part of the script; carriage returns and NULs are
 * taken out of it. FILE must live as long as the script. */
void grub_run_file(struct grub *, struct grub_file *, struct str text);

#endif
