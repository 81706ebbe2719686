/* The settings that the host gives in SMBIOS strings. */
#include "loader/settings/smbios.h"
#include "efi/channels.h"
#include "loader/loader.h"
#include "loader/settings/channels.h"

/* UEFI specification, 4.6; the newer one first. */
static const EFI_GUID guids[] = {
	{0xf2fd1544, 0x9794, 0x4a2c, {0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94}},
	{0xeb9d2d31, 0x2d88, 0x11d3, {0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}},
};

void smbios_read_settings(struct loader *l)
{
	for (unsigned i = 0; i < sizeof(guids) / sizeof(*guids); i++) {
		const void *entry = efi_table(&guids[i]);
		struct smbios_table table;

		if (entry == NULL || !smbios_entry((struct str){entry, SMBIOS_ENTRY_BYTES}, &table))
			continue;
		if (table.bytes > SMBIOS_TABLE_MAX)
			table.bytes = SMBIOS_TABLE_MAX;
		smbios_set(&l->settings, (struct str){(const char *)table.address, table.bytes},
			   l->report);
		return;
	}
}
