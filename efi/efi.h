/* What the files of this folder share: the firmware's tables and the names for its errors. */
#ifndef EFI_EFI_H
#define EFI_EFI_H

#include <efi.h>

#include "base/status.h"
#include "base/str.h"

struct disk;
struct loader;
struct volume;

/* EFI_MEMORY_ATTRIBUTE_PROTOCOL, UEFI specification, 37.7 */
#define MEMORY_ATTRIBUTE_GUID                                          \
	{                                                              \
		0xf4560cf6, 0x40ec, 0x4b4a,                            \
		{                                                      \
			0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89 \
		}                                                      \
	}

/* Our own image, and the firmware's tables. efi_main() sets them, once. */
extern EFI_HANDLE self;
extern EFI_SYSTEM_TABLE *system_table;
extern EFI_BOOT_SERVICES *boot_services;

/* An error of the firmware in words ("device error"; lives for ever), and the nearest status of
 * ours. */
const char *efi_words(EFI_STATUS);
enum status efi_status(EFI_STATUS);

/* The interface of PROTOCOL on HANDLE, borrowed; NULL when there is none. */
void *efi_protocol(EFI_HANDLE, const EFI_GUID *protocol);

/* The table that the firmware has registered as GUID (UEFI specification, 4.6); NULL when it has
 * not. */
const void *efi_table(const EFI_GUID *guid);

/* The handles that have PROTOCOL, or all when it is NULL, *COUNT of them, in the firmware's order.
 * The caller ends with efi_free(); NULL when there are none. */
EFI_HANDLE *efi_handles(const EFI_GUID *protocol, UINTN *count);

/* Gives back what the firmware allocated for us from its pool. NULL is allowed. */
void efi_free(void *);

#endif
