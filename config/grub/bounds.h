/* How much a script may do. */
#ifndef CONFIG_GRUB_BOUNDS_H
#define CONFIG_GRUB_BOUNDS_H

/* Reaching a bound ends the script, or the body that runs, and is reported. A unit of work is a
 * byte of script read, a byte of a word made, a variable passed in a look-up, or a step of a match;
 * a look at a disk costs GRUB_WORK_DISK of them. Whatever is nested recurses: GRUB_NESTING_MAX
 * levels take at most 34 KiB of the firmware's stack, at -Os. */
#define GRUB_WORK_MAX     (64u << 20)
#define GRUB_WORK_ENTRY   (8u << 20) /* of one entry's body */
#define GRUB_WORK_DISK    8192
#define GRUB_NESTING_MAX  48  /* levels of commands, functions, files, submenus, parts of a path */
#define GRUB_INCLUDES_MAX 128 /* files read */
#define GRUB_WORDS_MAX    (64u * 1024) /* bytes that the words of running commands take */
#define GRUB_HEAP_MAX     (8u << 20)   /* bytes of files, functions and menus */

#endif
