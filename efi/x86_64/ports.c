/* QEMU's devices behind I/O ports. */
#include "efi/processor.h"
#include "loader/settings/fw_cfg.h"

/* fw_cfg: hw/nvram/fw_cfg.c in QEMU. */
#define PORT_SELECT 0x510
#define PORT_DATA   0x511

/* hw/char/debugcon.c: reading the port returns DEBUG_THERE if the device is there. */
#define DEBUG_PORT  0x402
#define DEBUG_THERE 0xe9

void fw_cfg_choose(uint16_t key)
{
	__asm__ volatile("outw %0, %1" : : "a"(key), "Nd"((uint16_t)PORT_SELECT));
}

void fw_cfg_read(void *to, size_t n)
{
	__asm__ volatile("rep insb" : "+D"(to), "+c"(n) : "d"((uint16_t)PORT_DATA) : "memory");
}

void debug_console_write(struct str text)
{
	uint8_t there;

	__asm__ volatile("inb %1, %0" : "=a"(there) : "Nd"((uint16_t)DEBUG_PORT));
	if (there == DEBUG_THERE)
		__asm__ volatile("rep outsb"
				 : "+S"(text.p), "+c"(text.n)
				 : "d"((uint16_t)DEBUG_PORT)
				 : "memory");
}
