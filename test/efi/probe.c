/* The least that a boot can cost. This EFI program is told where on the disk the kernel and the
 * initrd lie, reads each contiguous piece with one request, and starts the kernel. */
#include <efi.h>

/* Marks: bench/marks.c records when these instructions are reached. Each is in a function of its
 * own, as marks.c looks at the first instruction after a call. */
#define STEP(name, number)                                                       \
	static __attribute__((noinline)) void name(void)                         \
	{                                                                        \
		__asm__ volatile("nopl 0x504c00" number "(%%rax)" ::: "memory"); \
	}

STEP(step_ready, "00")
STEP(step_connected, "01")
STEP(step_kernel_read, "02")
STEP(step_kernel_loaded, "03")
STEP(step_initrd_wanted, "04")
STEP(step_initrd_read, "05")

#define APPENDED          8192 /* by `-kernel`: where in this file the list of what to read begins */
#define PIECES_MAX        32768
#define OPTIONS_MAX       4096
#define PCI_CLASS_OFFSET  8
#define PCI_CLASS_STORAGE 0x01

/* What to read, as bench/loaders.py writes it. */
static struct {
	UINT64 kernel_bytes, initrd_bytes, pieces;
	struct {
		UINT64 at, bytes;
	} piece[PIECES_MAX];
} work;

static CHAR16 options[OPTIONS_MAX];
static EFI_SYSTEM_TABLE *system;
static EFI_BOOT_SERVICES *boot;
static EFI_BLOCK_IO_PROTOCOL *disk;
static UINT64 next; /* the first piece of the initrd, once the kernel is read */

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID block_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
static EFI_GUID files_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static EFI_GUID pci_guid = EFI_PCI_IO_PROTOCOL_GUID;
static EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static EFI_GUID load_file2_guid = {
	0x4006c0c1, 0xfcb3, 0x403e, {0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d}};

static struct {
	VENDOR_DEVICE_PATH vendor;
	EFI_DEVICE_PATH_PROTOCOL end;
} __attribute__((packed)) initrd_path = {
	{{MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP, {sizeof(VENDOR_DEVICE_PATH), 0}},
	 {0x5568e427, 0x68fc, 0x4f3d, {0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68}}},
	{END_DEVICE_PATH_TYPE,
	 END_ENTIRE_DEVICE_PATH_SUBTYPE,
	 {sizeof(EFI_DEVICE_PATH_PROTOCOL), 0}},
};

static EFI_STATUS give_up(const CHAR16 *what)
{
	system->ConOut->OutputString(system->ConOut, (CHAR16 *)u"probe: cannot ");
	system->ConOut->OutputString(system->ConOut, (CHAR16 *)what);
	system->ConOut->OutputString(system->ConOut, (CHAR16 *)u"\r\n");
	return EFI_ABORTED;
}

static EFI_STATUS read_file(EFI_FILE_PROTOCOL *root, const CHAR16 *name, UINT64 at, void *to,
			    UINTN bytes)
{
	EFI_FILE_PROTOCOL *file;
	EFI_STATUS status = root->Open(root, &file, (CHAR16 *)name, EFI_FILE_MODE_READ, 0);

	if (EFI_ERROR(status))
		return status;
	status = file->SetPosition(file, at);
	if (!EFI_ERROR(status))
		status = file->Read(file, &bytes, to);
	file->Close(file);
	return status;
}

/* Reads what to do. By `-kernel` the firmware shows one file, this one, and the options are those
 * of
 * `-append`. */
static EFI_STATUS read_work(const EFI_LOADED_IMAGE_PROTOCOL *own)
{
	EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *files;
	EFI_FILE_PROTOCOL *root;
	EFI_STATUS status = boot->HandleProtocol(own->DeviceHandle, &files_guid, (void **)&files);

	if (!EFI_ERROR(status))
		status = files->OpenVolume(files, &root);
	if (EFI_ERROR(status))
		return status;
	if (!EFI_ERROR(read_file(root, u"options", 0, options, sizeof(options)))) {
		status = read_file(root, u"extents", 0, &work, sizeof(work));
	} else {
		const CHAR16 *given = own->LoadOptions;

		status = read_file(root, u"kernel", APPENDED, &work, sizeof(work));
		for (UINTN i = 0; i < OPTIONS_MAX - 1 && i < own->LoadOptionsSize / 2; i++)
			options[i] = given[i];
	}
	return work.pieces <= PIECES_MAX ? status : EFI_BAD_BUFFER_SIZE;
}

/* Connects storage controllers only, as the loader does. */
static void connect(void)
{
	EFI_HANDLE *handles;
	UINTN count;

	if (EFI_ERROR(boot->LocateHandleBuffer(ByProtocol, &pci_guid, NULL, &count, &handles)))
		return;
	for (UINTN i = 0; i < count; i++) {
		EFI_PCI_IO_PROTOCOL *pci;
		EFI_BLOCK_IO_PROTOCOL *block;
		UINT32 class = 0;

		if (!EFI_ERROR(boot->HandleProtocol(handles[i], &pci_guid, (void **)&pci)))
			pci->Pci.Read(pci, EfiPciIoWidthUint32, PCI_CLASS_OFFSET, 1, &class);
		if (class >> 24 == PCI_CLASS_STORAGE &&
		    EFI_ERROR(boot->HandleProtocol(handles[i], &block_guid, (void **)&block)))
			boot->ConnectController(handles[i], NULL, NULL, TRUE);
	}
	boot->FreePool(handles);
}

/* Finds the first whole disk with the magic number of ext4. */
static EFI_STATUS find_disk(void)
{
	EFI_HANDLE *handles;
	UINTN count;
	EFI_STATUS status =
		boot->LocateHandleBuffer(ByProtocol, &block_guid, NULL, &count, &handles);

	for (UINTN i = 0; !EFI_ERROR(status) && i < count; i++) {
		EFI_BLOCK_IO_PROTOCOL *io;
		static unsigned char sector[4096] __attribute__((aligned(4096)));

		if (EFI_ERROR(boot->HandleProtocol(handles[i], &block_guid, (void **)&io)) ||
		    io->Media->LogicalPartition || io->Media->BlockSize != 512 ||
		    EFI_ERROR(io->ReadBlocks(io, io->Media->MediaId, 2, 512, sector)))
			continue;
		/* At byte 56 of the superblock, which begins at byte 1024. */
		if (sector[56] == 0x53 && sector[57] == 0xef) {
			disk = io;
			return EFI_SUCCESS;
		}
	}
	return EFI_NOT_FOUND;
}

/* Reads the next pieces, BYTES in all, to TO, which has room for whole pages. */
static EFI_STATUS read_pieces(void *to, UINT64 bytes)
{
	EFI_STATUS status = EFI_SUCCESS;
	UINT64 done = 0;

	for (; done < bytes && next < work.pieces && !EFI_ERROR(status); next++) {
		status = disk->ReadBlocks(disk, disk->Media->MediaId, work.piece[next].at / 512,
					  work.piece[next].bytes, (char *)to + done);
		done += work.piece[next].bytes;
	}
	return status;
}

static EFIAPI EFI_STATUS load_initrd(EFI_LOAD_FILE_INTERFACE *this, EFI_DEVICE_PATH_PROTOCOL *path,
				     BOOLEAN policy, UINTN *bytes, VOID *to)
{
	EFI_STATUS status;

	(void)this, (void)path, (void)policy;
	*bytes = work.initrd_bytes;
	if (to == NULL)
		return EFI_BUFFER_TOO_SMALL;
	step_initrd_wanted();
	status = read_pieces(to, work.initrd_bytes);
	step_initrd_read();
	return status;
}

static EFI_STATUS load_kernel(EFI_HANDLE self, EFI_HANDLE *kernel)
{
	UINTN pages = (work.kernel_bytes + EFI_PAGE_SIZE - 1) / EFI_PAGE_SIZE;
	EFI_PHYSICAL_ADDRESS to;
	EFI_STATUS status = boot->AllocatePages(AllocateAnyPages, EfiLoaderData, pages, &to);

	if (EFI_ERROR(status))
		return status;
	status = read_pieces((void *)to, work.kernel_bytes);
	step_kernel_read();
	if (!EFI_ERROR(status))
		status = boot->LoadImage(FALSE, self, &initrd_path.vendor.Header, (void *)to,
					 work.kernel_bytes, kernel);
	step_kernel_loaded(); /* the file is not freed: OVMF would wipe its memory */
	return status;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	static EFI_LOAD_FILE_INTERFACE load_file = {load_initrd};
	EFI_LOADED_IMAGE_PROTOCOL *image;
	EFI_HANDLE kernel = NULL, initrd = NULL;

	system = table;
	boot = table->BootServices;
	if (EFI_ERROR(boot->HandleProtocol(self, &image_guid, (void **)&image)) ||
	    EFI_ERROR(read_work(image)))
		return give_up(u"read what is to be done");
	step_ready();
	connect();
	step_connected();
	if (EFI_ERROR(find_disk()))
		return give_up(u"find the disk");
	if (EFI_ERROR(load_kernel(self, &kernel)) ||
	    EFI_ERROR(boot->HandleProtocol(kernel, &image_guid, (void **)&image)))
		return give_up(u"load the kernel");
	image->LoadOptions = options;
	for (image->LoadOptionsSize = 2; options[image->LoadOptionsSize / 2 - 1] != 0;)
		image->LoadOptionsSize += 2;
	if (EFI_ERROR(boot->InstallMultipleProtocolInterfaces(&initrd, &path_guid, &initrd_path,
							      &load_file2_guid, &load_file, NULL)))
		return give_up(u"offer the initrd");
	boot->StartImage(kernel, NULL, NULL);
	return give_up(u"start the kernel");
}
