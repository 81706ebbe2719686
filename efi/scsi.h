/* What SCSI commands are sent by, and the disks on a SCSI bus that the firmware did not look for.
 */
#ifndef EFI_SCSI_H
#define EFI_SCSI_H

#include "efi/efi.h"

/* A command: the same for EFI_SCSI_IO_PROTOCOL (UEFI specification, 15.4) and for
 * EFI_EXT_SCSI_PASS_THRU_PROTOCOL (15.7). */
struct scsi_request {
	UINT64 timeout; /* 100 ns */
	VOID *in, *out, *sense, *command;
	UINT32 in_bytes, out_bytes;
	UINT8 command_bytes, direction, host_status, target_status, sense_bytes;
};

#define SCSI_SECOND 10000000

/* Asks every target of every SCSI controller for its logical units, and connects the disks: edk2 of
 * 2022 stops looking at the first LUN that is not there. False when no disk appeared that was not
 * there. No disk is written. */
bool scsi_connect(void);

/* Notes the first disk that scsi_connect() saw out of the firmware's reach, and what to do about
 * it. False when it saw none. */
bool scsi_tell(struct report *);

#endif
