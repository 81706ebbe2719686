/* The part of loader/platform.h that reads the host's settings and finds the disks. */
#include "efi/machine.h"

#include "base/arena.h"
#include "base/utf16.h"
#include "efi/channels.h"
#include "efi/disks.h"
#include "efi/fat.h"
#include "efi/net.h"
#include "efi/processor.h"
#include "efi/scsi.h"
#include "efi/shim.h"
#include "fs/volume.h"
#include "loader/loader.h"
#include "loader/platform.h"
#include "loader/settings/fw_cfg.h"

/* The most units of a text of the firmware's. */
#define WIDE_MAX 128

static const EFI_LOADED_IMAGE *image;

void machine_init(const EFI_LOADED_IMAGE *own)
{
	image = own;
}

/* Opens the loader's directory. Started from the network, it is on the server, unless the program
 * that started the loader has fetched partless.conf, as a script of iPXE may. */
static enum status open_own(struct loader *l)
{
	struct volume *server = NULL;
	struct file_info info;
	enum status status = fat_open(image->DeviceHandle, l->report, &l->own);

	if (net_open(image->DeviceHandle, l->report, &server) != OK)
		return status;
	if (status == OK && vol_info(l->own, S("/partless.conf"), &info) == OK) {
		vol_close(server);
		return OK;
	}
	vol_close(l->own);
	l->own = server;
	return OK;
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
	if (processor_is_virtual())
		fw_cfg_read_settings(l);
	load_options_read(l, image);
	return open_own(l);
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

/* The text WIDE, which a NUL ends, cut to WIDE_MAX units. */
static struct str text_of(struct arena *arena, const CHAR16 *wide)
{
	size_t n = 0;
	char *to;

	while (n < WIDE_MAX && wide[n] != 0)
		n++;
	to = arena_array(arena, n, 3);
	return to != NULL ? utf16_decode((const le16 *)wide, n, to) : S("");
}

void platform_describe(struct arena *arena, struct facts *facts)
{
	static const char *const version = "%.*s %u.%02u";
	const EFI_DEVICE_PATH *path = image->FilePath;
	struct str vendor = S("");
	UINT32 type = system_table->Hdr.Revision, own = system_table->FirmwareRevision;

	*facts = (struct facts){
		.confidential = confidential_guest() != NULL,
		.secure_boot = secure_boot(),
	};
	if (system_table->FirmwareVendor != NULL)
		vendor = text_of(arena, system_table->FirmwareVendor);
	(void)str_fmt(arena, &facts->firmware, version, STR_ARG(vendor), own >> 16, own & 0xffff);
	(void)str_fmt(arena, &facts->type, version, STR_ARG(S("UEFI")), type >> 16, type & 0xffff);
	if (path != NULL && path->Type == MEDIA_DEVICE_PATH && path->SubType == MEDIA_FILEPATH_DP)
		facts->image = text_of(arena, ((const FILEPATH_DEVICE_PATH *)path)->PathName);
}

bool platform_report_unreachable(struct report *r)
{
	return scsi_tell(r);
}
