/* The channels by which the host gives its settings to this guest. */
#ifndef EFI_CHANNELS_H
#define EFI_CHANNELS_H

#include "efi/efi.h"

/* Reads the SMBIOS strings, adds their settings to l->settings, and reports in l->report what is
 * wrong with them. Without any it adds nothing. Strings live in the loader's arena, or for ever.
 * For fw_cfg, loader/settings/fw_cfg.h does the same. */
void smbios_read_settings(struct loader *);

/* Reads the loader's own command line into l->command_line, in the same way; its settings count
 * last. */
void load_options_read(struct loader *, const EFI_LOADED_IMAGE *);

/* What makes this guest confidential, such as "AMD SEV-SNP": nothing that the host says counts
 * then. NULL for an ordinary guest, which has to trust its host. */
const char *confidential_guest(void);

#endif
