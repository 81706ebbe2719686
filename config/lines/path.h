/* Where a file that an entry names lies on its volume. */
#ifndef CONFIG_LINES_PATH_H
#define CONFIG_LINES_PATH_H

#include "config/parse.h"

/* Finds the file on V that an entry calls WRITTEN. Not every writer counts from the same root: it
 * may be the file system's, the folder /boot or /efi on it, or that of a guest that mounts V at
 * /boot, so that WRITTEN begins with "/boot". *FOUND becomes the first of these paths that exists;
 * when none does, WRITTEN with '/' before it. In the arena. Fails only with E_NO_MEMORY, reported.
 */
enum status path_find(struct parse *, struct volume *v, struct str written, struct str *found);

/* As path_find(), but tries WRITTEN in the folder BASE first: "/boot/efi", or "/". */
enum status path_find_below(struct parse *, struct volume *v, struct str base, struct str written,
			    struct str *found);

/* True when something lies at PATH on V, or when that cannot be read. Nothing is reported. */
bool path_exists(struct parse *, struct volume *v, struct str path);

/* The parts of PATH before and behind its last '/'; without one, "" and PATH. Both are borrowed
 * from PATH. */
struct str path_directory(struct str path);
struct str path_name(struct str path);

/* NAME in the folder DIRECTORY, in the arena. Fails with E_NO_MEMORY, reported. */
enum status path_join(struct parse *, struct str directory, struct str name, struct str *path);

#endif
