/* Loads \loader.efi from the disk of the program that includes this. */
#ifndef TEST_EFI_CHAIN_H
#define TEST_EFI_CHAIN_H

#include "test/efi/say.h"

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID files_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static char program[1 << 20];

static EFI_STATUS read_program(EFI_HANDLE device, UINTN *bytes)
{
	EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *files;
	EFI_FILE_PROTOCOL *root, *file;
	EFI_STATUS status =
		system->BootServices->HandleProtocol(device, &files_guid, (void **)&files);

	if (status == EFI_SUCCESS)
		status = files->OpenVolume(files, &root);
	if (status == EFI_SUCCESS)
		status = root->Open(root, &file, (CHAR16 *)u"loader.efi", EFI_FILE_MODE_READ, 0);
	if (status == EFI_SUCCESS)
		status = file->Read(file, bytes, program);
	return status;
}

/* It gets the device of SELF. */
static EFI_STATUS chain_load(EFI_HANDLE self, EFI_HANDLE *image)
{
	EFI_BOOT_SERVICES *boot = system->BootServices;
	EFI_LOADED_IMAGE_PROTOCOL *own, *other;
	UINTN bytes = sizeof(program);
	EFI_STATUS status = boot->HandleProtocol(self, &image_guid, (void **)&own);

	*image = NULL;
	if (status == EFI_SUCCESS)
		status = read_program(own->DeviceHandle, &bytes);
	if (status == EFI_SUCCESS)
		status = boot->LoadImage(FALSE, self, own->FilePath, program, bytes, image);
	if (status == EFI_SUCCESS)
		status = boot->HandleProtocol(*image, &image_guid, (void **)&other);
	if (status == EFI_SUCCESS)
		other->DeviceHandle = own->DeviceHandle;
	return status;
}

#endif
