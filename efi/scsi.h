/* SCSI commands, and the disks on a SCSI bus that the firmware did not find. */
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
 * 2022 stops at the first LUN that is not there. True when disks appeared. No disk is written. */
bool scsi_connect(void);

/* Reports, as a remark, the first disk that scsi_connect() found beyond the firmware's reach, and
 * what to do about it. False when there was none. */
bool scsi_tell(struct report *);

#endif
