/* Where the log's lines go. */
#ifndef EFI_LOG_H
#define EFI_LOG_H

#include "loader/log.h"

/* This machine's clock, serial ports and debug console. */
extern const struct log_out efi_log;

#endif
