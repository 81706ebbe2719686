/* All disks and partitions that the firmware can reach. */
#include "efi/disks.h"

#include "base/arena.h"
#include "efi/block.h"
#include "efi/boot_options.h"
#include "efi/path.h"
#include "loader/disks/find.h"
#include "loader/disks/names.h"

#define PCI_CLASS_OFFSET  8 /* revision and class code */
#define PCI_VENDOR_OFFSET 0
#define PCI_VENDOR_VIRTIO 0x1af4
#define PCI_CLASS_STORAGE 0x01
#define PCI_CLASS_USB     0x0c03

static const EFI_GUID block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
static const EFI_GUID pci_io_guid = EFI_PCI_IO_PROTOCOL_GUID;

static bool pci_config(EFI_HANDLE handle, UINT32 offset, UINT32 *value)
{
	EFI_PCI_IO_PROTOCOL *pci = efi_protocol(handle, &pci_io_guid);

	return pci != NULL && !EFI_ERROR(pci->Pci.Read(pci, EfiPciIoWidthUint32, offset, 1, value));
}

static bool is_storage(EFI_HANDLE handle)
{
	UINT32 class;

	return pci_config(handle, PCI_CLASS_OFFSET, &class) && class >> 24 == PCI_CLASS_STORAGE;
}

static bool is_usb(EFI_HANDLE handle)
{
	UINT32 class;

	return pci_config(handle, PCI_CLASS_OFFSET, &class) && class >> 16 == PCI_CLASS_USB;
}

static bool is_any(EFI_HANDLE handle)
{
	(void)handle;
	return true;
}

/* True when the PCI function is a disk by itself, as virtio-blk is, and the firmware has connected
 * it. To connect it again would cost reads of its partition table. */
static bool is_disk_already(EFI_HANDLE handle)
{
	return efi_protocol(handle, &block_io_guid) != NULL;
}

/* Connects the handles with PROTOCOL that are WANTED; false when none is. */
static bool connect_wanted(const EFI_GUID *protocol, bool (*wanted)(EFI_HANDLE))
{
	UINTN count;
	EFI_HANDLE *handles = efi_handles(protocol, &count);
	bool found = false;

	for (UINTN i = 0; i < count; i++) {
		if (wanted(handles[i])) {
			found = true;
			if (protocol == NULL || !is_disk_already(handles[i]))
				boot_services->ConnectController(handles[i], NULL, NULL, TRUE);
		}
	}
	efi_free(handles);
	return found;
}

UINTN disks_count(void)
{
	UINTN count;
	EFI_HANDLE *handles = efi_handles(&block_io_guid, &count);

	efi_free(handles);
	return count;
}

void disks_connect(void)
{
	if (!connect_wanted(&pci_io_guid, is_storage))
		connect_wanted(NULL, is_any);
}

bool disks_connect_usb(void)
{
	UINTN before = disks_count();

	connect_wanted(&pci_io_guid, is_usb);
	return disks_count() > before;
}

/* The PCI function that the disk is, or the nearest one above it; NULL when there is none. */
static EFI_HANDLE controller_of(EFI_HANDLE handle)
{
	EFI_DEVICE_PATH *path = path_of(handle);
	EFI_HANDLE controller;

	return path != NULL && !EFI_ERROR(boot_services->LocateDevicePath((EFI_GUID *)&pci_io_guid,
									  &path, &controller))
		       ? controller
		       : NULL;
}

static bool is_virtio(EFI_HANDLE handle)
{
	EFI_HANDLE controller = controller_of(handle);
	UINT32 vendor;

	return controller != NULL && pci_config(controller, PCI_VENDOR_OFFSET, &vendor) &&
	       (vendor & 0xffff) == PCI_VENDOR_VIRTIO;
}

/* The place of the disk's controller, from 1, in the order in which Linux scans PCI: bus by bus,
 * and on each bus device by device. 0 when it is not known. */
static uint64_t controller_place(EFI_HANDLE handle)
{
	EFI_HANDLE controller = controller_of(handle);
	EFI_PCI_IO_PROTOCOL *pci =
		controller == NULL ? NULL : efi_protocol(controller, &pci_io_guid);
	UINTN segment, bus, device, function;

	if (pci == NULL || EFI_ERROR(pci->GetLocation(pci, &segment, &bus, &device, &function)))
		return 0;
	return ((uint64_t)segment << 16 | bus << 8 | device << 3 | function) + 1;
}

static enum link link_of(EFI_HANDLE handle)
{
	for (EFI_DEVICE_PATH *node = path_of(handle); node != NULL; node = path_next(node)) {
		if (node->Type != MESSAGING_DEVICE_PATH)
			continue;
		switch (node->SubType) {
		case MSG_SCSI_DP:
			return LINK_SCSI;
		case MSG_ATAPI_DP:
			return LINK_IDE;
		case MSG_SATA_DP:
			return LINK_SATA;
		case MSG_USB_DP:
			return LINK_USB;
		case 23: /* UEFI specification, 10.3.4.21: NVM Express namespace */
			return LINK_NVME;
		default:
			break;
		}
	}
	return LINK_OTHER;
}

/* The number of a partition, from 1; 0 for a whole disk. */
static unsigned partition_number(EFI_HANDLE handle, EFI_BLOCK_IO *io)
{
	EFI_DEVICE_PATH *path = path_of(handle), *last = path == NULL ? NULL : path_last(path);

	if (!io->Media->LogicalPartition)
		return 0;
	if (last != NULL && last->Type == MEDIA_DEVICE_PATH && last->SubType == MEDIA_HARDDRIVE_DP)
		return ((HARDDRIVE_DEVICE_PATH *)last)->PartitionNumber;
	return 1;
}

/* True when HANDLE is OWN, or the disk that the partition OWN lies on. */
static bool holds(EFI_HANDLE handle, EFI_HANDLE own)
{
	EFI_DEVICE_PATH *path = path_of(handle), *own_path = own == NULL ? NULL : path_of(own);

	return handle == own || (path != NULL && own_path != NULL && path_starts(own_path, path));
}

static EFI_HANDLE handle_of(const struct disk *d)
{
	return ((struct efi_block *)d->block)->handle;
}

/* Notes how the disk or partition is attached. */
static void describe(struct disk *d, EFI_HANDLE handle)
{
	d->link = link_of(handle);
	d->virtio = is_virtio(handle);
	d->controller = controller_place(handle);
}

static enum status disk_add(struct loader *l, EFI_HANDLE handle)
{
	struct disk *d = &l->disks[l->count];
	EFI_BLOCK_IO *io = efi_protocol(handle, &block_io_guid);
	struct efi_block *b = arena_alloc(&l->arena, sizeof(*b));

	if (b == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for the list of disks");
	efi_block_init(b, handle, io, l->report);
	d->block = &b->sectors.block;
	d->partition = partition_number(handle, io);
	describe(d, handle);
	/* No protocol of the firmware asks virtio-blk. */
	if (d->partition == 0 && (!d->virtio || d->link != LINK_OTHER))
		d->serial = serial_read(handle, b->serial);
	l->count++;
	return OK;
}

/* True for the sizes of sectors that the read-ahead buffer can hold: powers of two up to 64 KiB. */
static bool is_sector(UINT32 bytes)
{
	return bytes >= 512 && bytes <= 65536 && (bytes & (bytes - 1)) == 0;
}

/* True when a file system of the guest may lie on HANDLE. */
static bool is_disk(EFI_HANDLE handle, EFI_HANDLE own)
{
	EFI_BLOCK_IO *io = efi_protocol(handle, &block_io_guid);

	return io != NULL && io->Media->MediaPresent && is_sector(io->Media->BlockSize) &&
	       !holds(handle, own);
}

/* The number of the disk that the partition lies on. */
static unsigned number_of_disk(const struct loader *l, const struct disk *partition)
{
	EFI_DEVICE_PATH *path = path_of(handle_of(partition));
	unsigned number = NAMES_NO_DISK;

	for (unsigned i = 0; path != NULL && i < l->count; i++) {
		EFI_DEVICE_PATH *whole = path_of(handle_of(&l->disks[i]));

		if (l->disks[i].partition == 0 && whole != NULL && path_starts(path, whole))
			number = l->disks[i].number;
	}
	return number;
}

/* Numbers the disks in the firmware's order, and their partitions like them. */
static void number_disks(struct loader *l)
{
	unsigned number = 0;

	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].partition == 0)
			l->disks[i].number = number++;
	}
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].partition != 0)
			l->disks[i].number = number_of_disk(l, &l->disks[i]);
	}
}

static enum status name_disks(struct loader *l, EFI_HANDLE own)
{
	struct disk own_disk = {0};

	number_disks(l);
	if (own == NULL || efi_protocol(own, &block_io_guid) == NULL)
		return names_give(l, NULL);
	describe(&own_disk, own);
	return names_give(l, &own_disk);
}

enum status disks_find(EFI_HANDLE own, struct loader *l)
{
	enum status status = OK;
	EFI_HANDLE *handles;
	UINTN count;

	l->count = 0;
	l->disks = arena_array(&l->arena, DISKS_MAX, sizeof(*l->disks));
	if (l->disks == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for the list of disks");
	handles = efi_handles(&block_io_guid, &count);
	for (UINTN i = 0; status == OK && i < count; i++) {
		if (!is_disk(handles[i], own))
			continue;
		if (l->count == DISKS_MAX) {
			note(l->report,
			     "more than %u disks and partitions: the rest is not looked at",
			     DISKS_MAX);
			break;
		}
		status = disk_add(l, handles[i]);
	}
	efi_free(handles);
	if (status == OK)
		status = name_disks(l, own);
	boot_order_find(l);
	return status;
}

EFI_HANDLE disks_handle(const struct loader *l, const struct volume *volume)
{
	const struct disk *d = find_disk(l, volume);

	return d != NULL ? handle_of(d) : NULL;
}
