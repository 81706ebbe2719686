/* Where the log's lines go: the serial ports, or the port of QEMU's and OVMF's debug console. */
#include "efi/log.h"

#include "efi/clock.h"
#include "efi/efi.h"
#include "loader/console.h"

/* QEMU, hw/char/debugcon.c: who reads the port learns that it is there. */
#define DEBUG_PORT  0x402
#define DEBUG_THERE 0xe9

static void debug_write(struct str text)
{
	uint8_t there;

	__asm__ volatile("inb %1, %0" : "=a"(there) : "Nd"((uint16_t)DEBUG_PORT));
	if (there == DEBUG_THERE)
		__asm__ volatile("rep outsb"
				 : "+S"(text.p), "+c"(text.n)
				 : "d"((uint16_t)DEBUG_PORT)
				 : "memory");
}

/* Past the firmware's console, which would break long lines where its screen ends; false when there
 * is no serial port. */
static bool serial_write(struct str text)
{
	static const EFI_GUID guid = EFI_SERIAL_IO_PROTOCOL_GUID;
	EFI_HANDLE *handles = NULL;
	UINTN count = 0;

	if (EFI_ERROR(boot_services->LocateHandleBuffer(ByProtocol, (EFI_GUID *)&guid, NULL, &count,
							&handles)))
		return false;
	for (UINTN i = 0; i < count; i++) {
		EFI_SERIAL_IO_PROTOCOL *port = efi_protocol(handles[i], &guid);
		UINTN n = text.n;

		if (port != NULL)
			port->Write(port, &n, (void *)text.p);
	}
	boot_services->FreePool(handles);
	return count > 0;
}

static void write(enum log_target target, struct str line)
{
	if (target == LOG_DEBUGCON) {
		debug_write(line);
		debug_write(S("\n"));
	} else if (serial_write(line)) {
		serial_write(S("\r\n"));
	} else {
		console_write(line);
		console_write(S("\n"));
	}
}

const struct log_out efi_log = {clock_ticks, clock_us, write};
