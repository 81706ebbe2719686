/* SMBIOS tables (DMTF DSP0134), and the settings that a host puts into their strings. */
#ifndef LOADER_SETTINGS_SMBIOS_H
#define LOADER_SETTINGS_SMBIOS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "config/settings.h"

/* The bytes of the larger entry point, and the most of a table that is looked at. */
#define SMBIOS_ENTRY_BYTES 31
#define SMBIOS_TABLE_MAX   (1u << 20)

struct smbios_table {
	uint64_t address;
	uint32_t bytes;
};

/* Reads an entry point of version 2.1 and up (31 bytes) or 3.0 and up (24 bytes), whichever ENTRY
 * begins with. False when it is none or does not lie in ENTRY. */
bool smbios_entry(struct str entry, struct smbios_table *);

/* Takes the settings "partless.NAME=VALUE" from the strings of a TABLE's structures of type 11 (OEM
 * Strings), in their order, and two settings that systemd defines; ignores all other strings. Stops
 * where the table ends or contradicts itself. What is wrong is reported and left out. The table
 * must outlive the settings. */
void smbios_set(struct settings *, struct str table, struct report *);

#endif
