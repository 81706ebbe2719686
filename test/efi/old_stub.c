/* Does what the EFI stub of Linux before 5.8 does with `initrd=`: opens each such file of its
 * options on the device that it was loaded from, and reads it in pieces of 1 MiB. Then prints its
 * size and checksum. */
#include "test/efi/say.h"

#define CHUNK     (1u << 20)
#define NAME_MAX  256
#define ADLER_MOD 65521

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static EFI_GUID info_guid = EFI_FILE_INFO_ID;

/* Asks for the size as Linux does: first without a buffer, then with one. */
static EFI_STATUS file_size(EFI_FILE_PROTOCOL *file, UINT64 *size)
{
	EFI_FILE_INFO *info;
	UINTN bytes = 0;
	EFI_STATUS status = file->GetInfo(file, &info_guid, &bytes, NULL);

	if (status != EFI_BUFFER_TOO_SMALL)
		return EFI_PROTOCOL_ERROR;
	status = system->BootServices->AllocatePool(EfiLoaderData, bytes, (void **)&info);
	if (status != EFI_SUCCESS)
		return status;
	status = file->GetInfo(file, &info_guid, &bytes, info);
	*size = info->FileSize;
	system->BootServices->FreePool(info);
	return status;
}

/* Reads all of FILE, which must have SIZE bytes. *SUM is its Adler-32, as zlib's. */
static EFI_STATUS read_file(EFI_FILE_PROTOCOL *file, UINT64 size, UINT32 *sum)
{
	EFI_PHYSICAL_ADDRESS pages;
	UINT32 a = 1, b = 0;
	EFI_STATUS status = system->BootServices->AllocatePages(AllocateAnyPages, EfiLoaderData,
								CHUNK / EFI_PAGE_SIZE, &pages);

	if (status != EFI_SUCCESS)
		return status;
	while (size > 0 && status == EFI_SUCCESS) {
		UINTN n = size < CHUNK ? size : CHUNK, asked = n;

		status = file->Read(file, &n, (void *)pages);
		if (status == EFI_SUCCESS && n != asked)
			status = EFI_END_OF_FILE;
		for (UINTN i = 0; status == EFI_SUCCESS && i < n; i++) {
			a = (a + ((unsigned char *)pages)[i]) % ADLER_MOD;
			b = (b + a) % ADLER_MOD;
		}
		size -= n;
	}
	system->BootServices->FreePages(pages, CHUNK / EFI_PAGE_SIZE);
	*sum = b << 16 | a;
	return status;
}

static EFI_STATUS read_initrd(EFI_FILE_PROTOCOL *root, CHAR16 *name)
{
	EFI_FILE_PROTOCOL *file;
	UINT64 size = 0;
	UINT32 sum = 0;
	EFI_STATUS status = root->Open(root, &file, name, EFI_FILE_MODE_READ, 0);

	say(u"stub: initrd=");
	say(name);
	if (status == EFI_SUCCESS)
		status = file_size(file, &size);
	if (status == EFI_SUCCESS)
		status = read_file(file, size, &sum);
	if (status == EFI_SUCCESS)
		file->Close(file);
	say_number(u" status=", status & ~EFI_ERROR_MASK);
	say_number(u" size=", size);
	say_number(u" adler32=", sum);
	say(u"\r\n");
	return status;
}

/* What follows the next "initrd=", which may stand anywhere; NULL when there is none. */
static const CHAR16 *next_initrd(const CHAR16 *text)
{
	static const CHAR16 wanted[] = u"initrd=";

	for (; *text != 0; text++) {
		unsigned i = 0;

		while (wanted[i] != 0 && text[i] == wanted[i])
			i++;
		if (wanted[i] == 0)
			return text + i;
	}
	return NULL;
}

static EFI_STATUS read_initrds(EFI_HANDLE device, const CHAR16 *options)
{
	EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume;
	EFI_FILE_PROTOCOL *root = NULL;
	EFI_STATUS status = EFI_SUCCESS;

	while ((options = next_initrd(options)) != NULL && status == EFI_SUCCESS) {
		CHAR16 name[NAME_MAX];
		unsigned n = 0;

		while (*options == u'/' || *options == u'\\')
			options++;
		for (; *options != 0 && *options != u' ' && n < NAME_MAX - 1; options++)
			name[n++] = *options == u'/' ? u'\\' : *options;
		name[n] = 0;
		if (root == NULL) {
			status = system->BootServices->HandleProtocol(device, &volume_guid,
								      (void **)&volume);
			if (status == EFI_SUCCESS)
				status = volume->OpenVolume(volume, &root);
		}
		if (status == EFI_SUCCESS)
			status = read_initrd(root, name);
	}
	if (root != NULL)
		root->Close(root);
	return status;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	EFI_LOADED_IMAGE_PROTOCOL *image;
	EFI_STATUS status;

	system = table;
	status = system->BootServices->HandleProtocol(self, &image_guid, (void **)&image);
	if (status != EFI_SUCCESS)
		return status;
	say(u"stub: options=");
	say(image->LoadOptions);
	say(u"\r\n");
	status = read_initrds(image->DeviceHandle, image->LoadOptions);
	say_number(u"stub: done status=", status & ~EFI_ERROR_MASK);
	say(u"\r\n");
	return EFI_ABORTED;
}
