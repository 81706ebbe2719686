/* The serial numbers of disks. For ATA the firmware's driver has it; other disks are asked. */
#include "efi/serial_number.h"

#include "base/mem.h"
#include "efi/path.h"
#include "efi/scsi.h"

/* UEFI Platform Initialization, volume 5, 15.2: EFI_DISK_INFO_PROTOCOL. */
struct disk_info {
	EFI_GUID interface;
	EFI_STATUS(EFIAPI *Inquiry)(struct disk_info *, VOID *, UINT32 *);
	EFI_STATUS(EFIAPI *Identify)(struct disk_info *, VOID *, UINT32 *);
};

static const EFI_GUID disk_info_guid = {
	0xd432a67f, 0x14dc, 0x484b, {0xb3, 0xbb, 0x3f, 0x02, 0x91, 0x84, 0x93, 0x27}};
static const EFI_GUID ide_guid = {
	0x5e948fe3, 0x26d3, 0x42b5, {0xaf, 0x17, 0x61, 0x02, 0x87, 0x18, 0x8d, 0xec}};
static const EFI_GUID ahci_guid = {
	0x9e498932, 0x4abc, 0x45af, {0xa3, 0x4d, 0x02, 0x47, 0x78, 0x7b, 0xe7, 0xc6}};

/* Where the serial number lies in the answer to IDENTIFY: ATA8-ACS, 7.12.7,
 * words 10 to 19; NVM Express, 5.15.2.2, byte 4. */
#define IDENTIFY_BYTES 4096
#define ATA_AT         20
#define NVME_AT        4
#define IDENTIFY_N     20

/* UEFI specification, 13.16: EFI_NVM_EXPRESS_PASS_THRU_PROTOCOL, as far as it is used. */
struct nvme_command {
	UINT32 opcode;
	UINT8 flags;
	UINT32 namespace, cdw2, cdw3, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

struct nvme_request {
	UINT64 timeout; /* 100 ns */
	VOID *data;
	UINT32 data_bytes;
	VOID *metadata;
	UINT32 metadata_bytes;
	UINT8 queue; /* 0: admin */
	struct nvme_command *command;
	UINT32 *completion; /* four */
};

struct nvme {
	VOID *mode;
	EFI_STATUS(EFIAPI *PassThru)(struct nvme *, UINT32, struct nvme_request *, EFI_EVENT);
};

static const EFI_GUID nvme_guid = {
	0x52c78312, 0x8edc, 0x4233, {0x98, 0xf2, 0x1a, 0x1a, 0xa5, 0xe3, 0x88, 0xa5}};

#define NVME_IDENTIFY            6
#define NVME_IDENTIFY_CONTROLLER 1
#define NVME_CDW10_VALID         4

/* UEFI specification, 15.4: EFI_SCSI_IO_PROTOCOL, as far as it is used. */
struct scsi_io {
	VOID *unused[4];
	EFI_STATUS(EFIAPI *Execute)(struct scsi_io *, struct scsi_request *, EFI_EVENT);
};

static const EFI_GUID scsi_io_guid = {
	0x932f47e6, 0x2362, 0x4002, {0x80, 0x3e, 0x3c, 0xd5, 0x4b, 0x13, 0x8f, 0x85}};

/* UEFI specification, 17.2.4: EFI_USB_IO_PROTOCOL, as far as it is used. */
struct usb_io {
	VOID *unused[6];
	EFI_STATUS(EFIAPI *GetDeviceDescriptor)(struct usb_io *, UINT8 *);
	VOID *unused_too[3];
	EFI_STATUS(EFIAPI *GetStringDescriptor)(struct usb_io *, UINT16, UINT8, CHAR16 **);
};

static const EFI_GUID usb_io_guid = {
	0x2b2f68d6, 0x0cd2, 0x44cf, {0x8e, 0x8b, 0xbb, 0xa2, 0x0b, 0x1b, 0x5b, 0x75}};

/* USB 2.0, 9.6.1: a device descriptor, and where it has the number of its serial number's text. */
#define USB_DESCRIPTOR_BYTES 18
#define USB_SERIAL_AT        16
#define USB_ENGLISH          0x409

#define VPD_HEAD 4
#define VPD_MAX  255

/* Copies a serial number to BUF, cut to SERIAL_BYTES, without blanks at the ends, and with a blank
 * for what is not printable ASCII. SWAP is 1 when the bytes of each word are swapped. */
static struct str tidy(const char *from, size_t n, size_t swap, char *buf)
{
	n = n < SERIAL_BYTES ? n : SERIAL_BYTES;
	for (size_t i = 0; i < n; i++) {
		char c = from[i ^ swap];

		buf[i] = (char)(c > 0x20 && c < 0x7f ? c : ' ');
	}
	return str_trim((struct str){buf, n});
}

static bool same(const EFI_GUID *a, const EFI_GUID *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ATA keeps text in words whose bytes are swapped. */
static struct str from_ata(EFI_HANDLE handle, char *data, char *buf)
{
	struct disk_info *info = efi_protocol(handle, &disk_info_guid);
	UINT32 n = IDENTIFY_BYTES;

	if (info == NULL ||
	    (!same(&info->interface, &ide_guid) && !same(&info->interface, &ahci_guid)) ||
	    EFI_ERROR(info->Identify(info, data, &n)))
		return S("");
	return tidy(data + ATA_AT, IDENTIFY_N, 1, buf);
}

/* With NVMe the controller has the serial number. Its handle lies above that of the disk. */
static struct str from_nvme(EFI_HANDLE handle, char *data, char *buf)
{
	EFI_DEVICE_PATH *path = path_of(handle);
	EFI_HANDLE controller;
	UINT32 completion[4];
	struct nvme_command command = {
		.opcode = NVME_IDENTIFY,
		.flags = NVME_CDW10_VALID,
		.cdw10 = NVME_IDENTIFY_CONTROLLER,
	};
	struct nvme_request request = {
		.timeout = SCSI_SECOND,
		.data = data,
		.data_bytes = IDENTIFY_BYTES,
		.command = &command,
		.completion = completion,
	};
	struct nvme *nvme;

	if (path == NULL ||
	    EFI_ERROR(boot_services->LocateDevicePath((EFI_GUID *)&nvme_guid, &path, &controller)))
		return S("");
	nvme = efi_protocol(controller, &nvme_guid);
	if (nvme == NULL || EFI_ERROR(nvme->PassThru(nvme, 0, &request, NULL)))
		return S("");
	return tidy(data + NVME_AT, IDENTIFY_N, 0, buf);
}

/* SPC-4, 7.8.15: the page "unit serial number". */
static struct str from_scsi(EFI_HANDLE handle, char *data, char *buf)
{
	UINT8 command[6] = {0x12, 1, 0x80, 0, VPD_MAX, 0}, sense[18];
	struct scsi_io *io = efi_protocol(handle, &scsi_io_guid);
	struct scsi_request request = {
		.timeout = SCSI_SECOND,
		.in = data,
		.in_bytes = VPD_MAX,
		.sense = sense,
		.sense_bytes = sizeof(sense),
		.command = command,
		.command_bytes = sizeof(command),
	};

	if (io == NULL || EFI_ERROR(io->Execute(io, &request, NULL)) || data[1] != (char)0x80)
		return S("");

	size_t n = (UINT8)data[3];

	return tidy(data + VPD_HEAD, n < VPD_MAX - VPD_HEAD ? n : VPD_MAX - VPD_HEAD, 0, buf);
}

static struct str from_usb(EFI_HANDLE handle, char *data, char *buf)
{
	struct usb_io *io = efi_protocol(handle, &usb_io_guid);
	UINT8 device[USB_DESCRIPTOR_BYTES];
	CHAR16 *serial = NULL;
	size_t n = 0;

	if (io == NULL || EFI_ERROR(io->GetDeviceDescriptor(io, device)) ||
	    device[USB_SERIAL_AT] == 0 ||
	    EFI_ERROR(io->GetStringDescriptor(io, USB_ENGLISH, device[USB_SERIAL_AT], &serial)))
		return S("");
	for (; n < SERIAL_BYTES && serial[n] != 0; n++)
		data[n] = serial[n] < 0x80 ? (char)serial[n] : '?';
	boot_services->FreePool(serial);
	return tidy(data, n, 0, buf);
}

struct str serial_read(EFI_HANDLE handle, char *buf)
{
	static struct str (*const ways[])(EFI_HANDLE, char *data,
					  char *buf) = {from_ata, from_nvme, from_scsi, from_usb};
	struct str serial = S("");
	char *data = mem_alloc(IDENTIFY_BYTES); /* aligned as any driver wants it */

	for (size_t i = 0; data != NULL && serial.n == 0 && i < sizeof(ways) / sizeof(*ways); i++) {
		memset(data, 0, IDENTIFY_BYTES);
		serial = ways[i](handle, data, buf);
	}
	mem_free(data, IDENTIFY_BYTES);
	return serial;
}
