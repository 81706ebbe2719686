/* Where the lines of the log go: to the serial ports, or to the debug console of QEMU and OVMF. */
#include "efi/log.h"

#include "efi/efi.h"
#include "efi/processor.h"
#include "loader/console.h"

static void port_write(EFI_SERIAL_IO_PROTOCOL *port, struct str text)
{
	UINTN n = text.n;

	port->Write(port, &n, (void *)text.p);
}

/* Writes a line to every serial port; false when there is none. Not through the firmware's console,
 * which would break long lines where its screen ends. */
static bool serial_write(struct str line)
{
	static const EFI_GUID guid = EFI_SERIAL_IO_PROTOCOL_GUID;
	UINTN count;
	EFI_HANDLE *handles = efi_handles(&guid, &count);

	for (UINTN i = 0; i < count; i++) {
		EFI_SERIAL_IO_PROTOCOL *port = efi_protocol(handles[i], &guid);

		if (port == NULL)
			continue;
		port_write(port, line);
		port_write(port, S("\r\n"));
	}
	efi_free(handles);
	return count > 0;
}

static void write(enum log_target target, struct str line)
{
	if (target == LOG_DEBUGCON) {
		debug_console_write(line);
		debug_console_write(S("\n"));
	} else if (!serial_write(line)) {
		console_write(line);
		console_write(S("\n"));
	}
}

const struct log_out efi_log = {clock_ticks, clock_us, write};
