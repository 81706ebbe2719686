/* Where a file that an entry names lies on its volume. */
#ifndef CONFIG_LINES_PATH_H
#define CONFIG_LINES_PATH_H

#include "config/parse.h"

/* The path on V of what an entry calls WRITTEN, which may mean: the file system's root, /boot or
 * /efi where that is a folder, or /boot where V is what gets mounted there. The first that exists;
 * WRITTEN, with '/' before it, when none does. Fails only with E_NO_MEMORY, reported. */
enum status path_find(struct parse *, struct volume *v, struct str written, struct str *found);

/* As path_find(), where WRITTEN means the folder BASE first: "/boot/efi", or "/". */
enum status path_find_below(struct parse *, struct volume *v, struct str base, struct str written,
			    struct str *found);

/* True when something lies at PATH on V, or V cannot tell. Nothing is reported. */
bool path_exists(struct parse *, struct volume *v, struct str path);

/* What stands before PATH's last '/', and what behind it; "" and PATH when there is none. Both lie
 * in PATH. */
struct str path_directory(struct str path);
struct str path_name(struct str path);

/* NAME in the folder DIRECTORY, in the arena. Fails with E_NO_MEMORY, reported. */
enum status path_join(struct parse *, struct str directory, struct str name, struct str *path);

#endif
