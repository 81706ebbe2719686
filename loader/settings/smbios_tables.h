/* SMBIOS tables (DMTF DSP0134): where they are, and the strings that a host puts into them. */
#ifndef LOADER_SETTINGS_SMBIOS_TABLES_H
#define LOADER_SETTINGS_SMBIOS_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

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

/* Called for each STRING, which lives as long as the table. */
typedef void smbios_fn(void *context, struct str string);

/* Calls FN for each string of the structures of type 11 (OEM Strings), in their order, until the
 * table ends or contradicts itself. */
void smbios_oem_strings(struct str table, smbios_fn *, void *context);

#endif
