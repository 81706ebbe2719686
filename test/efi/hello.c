/* An EFI program for a guest's disk: it prints what the loader gave it, then returns. */
#include "test/efi/say.h"

/* The volume name's place in an ext4 superblock, which begins at byte 1024, and its length. */
#define LABEL_AT   (1024 + 120)
#define LABEL_SIZE 16
#define READ_SIZE  4096

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID block_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
static EFI_GUID text_guid = EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID;

static CHAR16 label[LABEL_SIZE + 1];

/* Prints a line. What is not ASCII is printed as its number, as the console may not have the
 * letter. */
static void say_line(const CHAR16 *what, const CHAR16 *text)
{
	static const CHAR16 digits[] = u"0123456789abcdef";
	CHAR16 letter[2] = {0}, number[] = u"<0000>";

	say(u"hello: ");
	say(what);
	say(u"=");
	for (; *text != 0; text++) {
		for (unsigned i = 0; i < 4; i++)
			number[4 - i] = digits[*text >> 4 * i & 15];
		letter[0] = *text;
		say(*text >= ' ' && *text <= '~' ? letter : number);
	}
	say(u"\r\n");
}

/* Prints the label of the disk that the program was loaded from. */
static void say_disk(EFI_HANDLE device)
{
	EFI_BOOT_SERVICES *boot = system->BootServices;
	EFI_BLOCK_IO_PROTOCOL *disk;
	EFI_PHYSICAL_ADDRESS page;

	if (boot->HandleProtocol(device, &block_guid, (void **)&disk) != EFI_SUCCESS) {
		say_line(u"disk", u"none");
		return;
	}
	if (boot->AllocatePages(AllocateAnyPages, EfiLoaderData, 1, &page) != EFI_SUCCESS)
		return;
	if (disk->ReadBlocks(disk, disk->Media->MediaId, 0, READ_SIZE, (void *)page) ==
	    EFI_SUCCESS) {
		for (unsigned i = 0; i < LABEL_SIZE; i++)
			label[i] = ((unsigned char *)page)[LABEL_AT + i];
		say_line(u"disk", label);
	}
	boot->FreePages(page, 1);
}

static void say_path(EFI_DEVICE_PATH_PROTOCOL *path)
{
	EFI_DEVICE_PATH_TO_TEXT_PROTOCOL *to_text;
	CHAR16 *text = NULL;

	if (system->BootServices->LocateProtocol(&text_guid, NULL, (void **)&to_text) ==
	    EFI_SUCCESS)
		text = to_text->ConvertDevicePathToText(path, FALSE, FALSE);
	say_line(u"path", text != NULL ? text : u"unknown");
	if (text != NULL)
		system->BootServices->FreePool(text);
}

/* Returns success, unless the options end with an exclamation mark. */
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	EFI_LOADED_IMAGE_PROTOCOL *image;
	unsigned letters;

	system = table;
	if (system->BootServices->HandleProtocol(self, &image_guid, (void **)&image) != EFI_SUCCESS)
		return EFI_UNSUPPORTED;
	letters = image->LoadOptionsSize / sizeof(CHAR16);
	say_line(u"options", letters != 0 ? image->LoadOptions : u"");
	say_path(image->FilePath);
	say_disk(image->DeviceHandle);
	say(u"hello: done\r\n");
	if (letters >= 2 && ((CHAR16 *)image->LoadOptions)[letters - 2] == u'!')
		return EFI_ABORTED;
	return EFI_SUCCESS;
}
