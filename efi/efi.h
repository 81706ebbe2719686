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

/* EFI_TCG2_PROTOCOL, TCG EFI Protocol Specification, 6.3 */
#define TCG2_GUID                                                      \
	{                                                              \
		0x607f766c, 0x7455, 0x42be,                            \
		{                                                      \
			0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f \
		}                                                      \
	}

/* EFI_CC_MEASUREMENT_PROTOCOL, UEFI specification, 38.2 */
#define CC_GUID                                                        \
	{                                                              \
		0x96751a3d, 0x72f4, 0x41a6,                            \
		{                                                      \
			0xa7, 0x94, 0xed, 0x5d, 0x0e, 0x67, 0xae, 0x6b \
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

/* The interface of PROTOCOL on the first handle that has it, borrowed; NULL when none has. */
void *efi_locate(const EFI_GUID *protocol);

/* The table that the firmware has registered as GUID (UEFI specification, 4.6); NULL when it has
 * not. */
const void *efi_table(const EFI_GUID *guid);

/* The handles that have PROTOCOL, or all when it is NULL, *COUNT of them, in the firmware's order.
 * The caller ends with efi_free(); NULL when there are none. */
EFI_HANDLE *efi_handles(const EFI_GUID *protocol, UINTN *count);

/* Gives back what the firmware allocated for us from its pool. NULL is allowed. */
void efi_free(void *);

#endif
