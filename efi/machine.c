/* The part of loader/platform.h that reads the host's settings and finds the disks. */
#include "efi/machine.h"

#include "efi/channels.h"
#include "efi/disks.h"
#include "efi/fat.h"
#include "efi/scsi.h"
#include "loader/loader.h"
#include "loader/platform.h"

static const EFI_LOADED_IMAGE *image;

void machine_init(const EFI_LOADED_IMAGE *own)
{
	image = own;
}

/* A confidential guest does not trust its host, so there nothing that the host says is read. */
enum status platform_read_settings(struct loader *l)
{
	const char *by = confidential_guest();

	if (by != NULL) {
		note(l->report,
		     "this guest is confidential (%s): the host's settings and entries are ignored",
		     by);
		return OK;
	}
	smbios_read_settings(l);
	fw_cfg_read_settings(l);
	load_options_read_settings(l, image);
	return fat_open(image->DeviceHandle, l->report, &l->own);
}

bool platform_connect(enum platform_reach reach)
{
	switch (reach) {
	case REACH_SCSI:
		return scsi_connect();
	case REACH_USB:
		return disks_connect_usb();
	default:
		disks_connect();
		return true;
	}
}

enum status platform_find(struct loader *l)
{
	return disks_find(image->DeviceHandle, l);
}

bool platform_report_unreachable(struct report *r)
{
	return scsi_tell(r);
}
