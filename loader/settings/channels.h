/* The channels by which the host gives settings to one guest. What is wrong is reported and left
 * out. Strings are not copied: they must outlive the settings. */
#ifndef LOADER_SETTINGS_CHANNELS_H
#define LOADER_SETTINGS_CHANNELS_H

#include "base/status.h"
#include "config/settings.h"

/* The longest command line that is read, in bytes as the firmware hands it over. */
#define COMMAND_LINE_MAX 65536u

/* Sets NAME to VALUE. */
void channel_set(struct settings *, enum settings_source, struct str name, struct str value,
		 struct report *);

/* Takes one "NAME=VALUE". */
void channel_assign(struct settings *, enum settings_source, struct str assignment,
		    struct report *);

/* Converts what the firmware calls load options to UTF-8 in TO, which has room for twice as many
 * bytes. They may be UTF-16, bytes that were each widened to a unit (QEMU's -append), or bytes.
 * False when they are no text, which is no error: a boot option may carry any data. */
bool channel_load_options(const void *options, size_t bytes, char *to, struct str *text);

/* Takes the words "NAME=VALUE" of LINE; blanks stand between them unless they are in '...' or
 * "...". LINE is changed: the quotes go. A first word that ends in ".efi" is the loader's own name,
 * as a shell hands it over. Takes none under `lockdown`, which no word sets: all other channels are
 * read before. */
void channel_command_line(struct settings *, char *line, size_t bytes, struct report *);

#endif
