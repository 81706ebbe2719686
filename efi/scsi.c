/* Disks on a SCSI bus that the firmware did not find: every LUN that a target reports. */
#include "efi/scsi.h"

#include "base/mem.h"
#include "efi/disks.h"
#include "efi/path.h"

#define TARGET_BYTES 16
#define TARGETS_MAX  256 /* of a controller */

/* SPC-4, 6.33: REPORT LUNS answers with 8 bytes, then 8 bytes for each LUN. */
#define REPORT_LUNS  0xa0
#define REPORT_BYTES 4096
#define REPORT_HEAD  8

/* SPC-4, 6.4 */
#define INQUIRY       0x12
#define INQUIRY_BYTES 36

/* UEFI specification, 15.7: EFI_EXT_SCSI_PASS_THRU_PROTOCOL, as far as it is used. */
struct scsi_bus {
	VOID *mode;
	EFI_STATUS(EFIAPI *PassThru)
	(struct scsi_bus *, UINT8 *target, UINT64 lun, struct scsi_request *, EFI_EVENT);
	VOID *unused;
	EFI_STATUS(EFIAPI *BuildDevicePath)
	(struct scsi_bus *, UINT8 *target, UINT64 lun, EFI_DEVICE_PATH **);
	VOID *unused_too[3];
	EFI_STATUS(EFIAPI *GetNextTarget)(struct scsi_bus *, UINT8 **target);
};

static const EFI_GUID scsi_bus_guid = {
	0x143b7632, 0xb81b, 0x4cb7, {0xab, 0xd3, 0xb6, 0x25, 0xa5, 0xb9, 0xbf, 0xfe}};

/* The name of edk2's ScsiBusDxe, which it also installs as a mark on a bus that it drives. */
static const EFI_GUID scsi_driver_guid = {
	0x0167ccc4, 0xd0f7, 0x4f21, {0xa3, 0xef, 0x9e, 0x64, 0xb7, 0xcd, 0xce, 0x8b}};

/* The first disk that the firmware cannot reach. */
static struct {
	bool seen;
	unsigned target, lun;
} beyond;

/* Sends a command that only reads: BYTES bytes of the answer into DATA. */
static bool ask(struct scsi_bus *bus, UINT8 *target, unsigned lun, UINT8 *command,
		UINT8 command_bytes, UINT8 *data, UINT32 bytes)
{
	_Alignas(16) UINT8 sense[18];
	struct scsi_request request = {
		.timeout = SCSI_SECOND,
		.in = data,
		.in_bytes = bytes,
		.sense = sense,
		.sense_bytes = sizeof(sense),
		.command = command,
		.command_bytes = command_bytes,
	};

	memset(data, 0, bytes);
	return !EFI_ERROR(bus->PassThru(bus, target, lun, &request, NULL)) &&
	       request.host_status == 0 && request.target_status == 0;
}

/* Asks TARGET for its LUNs: returns how many, with the list in DATA, of REPORT_BYTES. */
static size_t report_luns(struct scsi_bus *bus, UINT8 *target, UINT8 *data)
{
	UINT8 command[12] = {REPORT_LUNS, [8] = REPORT_BYTES >> 8};
	size_t bytes;

	if (!ask(bus, target, 0, command, sizeof(command), data, REPORT_BYTES))
		return 0;
	bytes = (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
	return (bytes < REPORT_BYTES - REPORT_HEAD ? bytes : REPORT_BYTES - REPORT_HEAD) / 8;
}

/* SPC-4, 6.4: true when a disk is there. A target lists LUN 0 also when it has none. */
static bool is_disk(struct scsi_bus *bus, UINT8 *target, unsigned lun)
{
	_Alignas(16) UINT8 data[INQUIRY_BYTES];
	UINT8 command[6] = {INQUIRY, [4] = INQUIRY_BYTES};

	return ask(bus, target, lun, command, sizeof(command), data, sizeof(data)) && data[0] == 0;
}

/* The number of a LUN in the list. SAM-5, 4.7: 8 bits, or 14. */
static unsigned lun_of(const UINT8 *entry)
{
	return (unsigned)(entry[0] & 0x3f) << 8 | entry[1];
}

/* True when a driver runs on the bus. */
static bool is_driven(EFI_HANDLE handle)
{
	EFI_OPEN_PROTOCOL_INFORMATION_ENTRY *entries;
	UINTN count;
	bool found = false;

	if (EFI_ERROR(boot_services->OpenProtocolInformation(handle, (EFI_GUID *)&scsi_bus_guid,
							     &entries, &count)))
		return false;
	for (UINTN i = 0; i < count; i++)
		found |= (entries[i].Attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) != 0;
	efi_free(entries);
	return found;
}

/* edk2's driver of 2022 gives up a bus at the first LUN that is not there. Its mark stays and would
 * keep it from starting again, so it is removed. */
static void clear_mark(EFI_HANDLE handle)
{
	void *mark = efi_protocol(handle, &scsi_driver_guid);

	if (mark != NULL && !is_driven(handle))
		boot_services->UninstallProtocolInterface(handle, (EFI_GUID *)&scsi_driver_guid,
							  mark);
}

/* Connects one disk. The firmware has device paths for LUNs up to a limit; the first disk beyond
 * that is noted for scsi_tell(). */
static void connect_lun(EFI_HANDLE handle, struct scsi_bus *bus, UINT8 *target, unsigned lun)
{
	EFI_DEVICE_PATH *node = NULL, *path;
	size_t bytes;

	if (EFI_ERROR(bus->BuildDevicePath(bus, target, lun, &node))) {
		if (!beyond.seen)
			beyond.target = target[0], beyond.lun = lun;
		beyond.seen = true;
		return;
	}
	path = path_of_node(node, &bytes);
	efi_free(node);
	if (path != NULL && is_disk(bus, target, lun)) {
		clear_mark(handle);
		boot_services->ConnectController(handle, NULL, path, TRUE);
	}
	mem_free(path, bytes);
}

static void connect_bus(EFI_HANDLE handle, struct scsi_bus *bus, UINT8 *data)
{
	UINT8 place[TARGET_BYTES], *target = place;

	memset(place, 0xff, sizeof(place));
	for (unsigned i = 0; i < TARGETS_MAX && !EFI_ERROR(bus->GetNextTarget(bus, &target)); i++) {
		size_t count = report_luns(bus, target, data);

		for (size_t j = 0; j < count; j++)
			connect_lun(handle, bus, target, lun_of(data + REPORT_HEAD + 8 * j));
	}
}

bool scsi_connect(void)
{
	UINTN before = disks_count(), count;
	EFI_HANDLE *handles = efi_handles(&scsi_bus_guid, &count);
	UINT8 *data = count > 0 ? mem_alloc(REPORT_BYTES) : NULL;

	for (UINTN i = 0; data != NULL && i < count; i++) {
		struct scsi_bus *bus = efi_protocol(handles[i], &scsi_bus_guid);

		if (bus != NULL)
			connect_bus(handles[i], bus, data);
	}
	mem_free(data, REPORT_BYTES);
	efi_free(handles);
	return disks_count() > before;
}

bool scsi_tell(struct report *report)
{
	if (beyond.seen)
		note(report,
		     "SCSI disk with target %u, LUN %u: this firmware does not reach it; give it "
		     "a lower unit, 0 to 7 for one",
		     beyond.target, beyond.lun);
	return beyond.seen;
}
