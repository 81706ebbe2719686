/* The ways on which the host speaks to one guest: what arrives there becomes settings. Whatever is
 * wrong is told in the report and costs only itself. Strings stay where they are: they must outlive
 * the settings. */
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

/* Takes the strings "partless.NAME=VALUE" of an SMBIOS table, and systemd's two names; those of
 * others are left alone. */
void channel_smbios(struct settings *, struct str table, struct report *);

/* What the firmware calls load options, as UTF-8 in TO, which has room for twice as many bytes:
 * UTF-16, one byte widened to each unit (QEMU's -append), or bytes. False when they are no text,
 * which is nobody's fault: a boot option may carry what it likes. */
bool channel_load_options(const void *options, size_t bytes, char *to, struct str *text);

/* Takes the words "NAME=VALUE" of LINE; blanks stand between them unless they are in '...' or
 * "...". LINE is changed: the quotes go. A first word that ends in ".efi" is the loader's own name,
 * as a shell hands it over. */
void channel_command_line(struct settings *, char *line, size_t bytes, struct report *);

#endif
