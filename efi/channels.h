/* The ways on which the host speaks to this guest, as the firmware and the machine offer them. */
#ifndef EFI_CHANNELS_H
#define EFI_CHANNELS_H

#include "efi/efi.h"

/* Each adds to l->settings what its channel says and tells in l->report what is wrong with it. A
 * channel that is not there says nothing. Strings live in the loader's arena, or for ever. */
void smbios_read_settings(struct loader *);
void fw_cfg_read_settings(struct loader *);
void load_options_read_settings(struct loader *, const EFI_LOADED_IMAGE *);

/* Why nothing that the host says counts: "AMD SEV-SNP"; NULL for an ordinary guest, who has to
 * trust its host anyway. */
const char *confidential_guest(void);

#endif
