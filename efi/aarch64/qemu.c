/* QEMU's fw_cfg, in memory. Where it lies is written in the tables that QEMU made, and nowhere
 * else may anything be touched: the processor would take an exception. */
#include "base/bytes.h"
#include "efi/efi.h"
#include "efi/processor.h"
#include "loader/settings/fw_cfg.h"
#include "loader/settings/fw_cfg_place.h"

/* QEMU's docs/specs/fw_cfg.rst: where its registers are. */
#define DATA     0
#define SELECTOR 8

static const EFI_GUID acpi_guid = {
	0x8868e871, 0xe4f1, 0x11d3, {0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81}};
static const EFI_GUID device_tree_guid = {
	0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};

/* The address of its registers; 0 when there is no fw_cfg. */
static uintptr_t registers(void)
{
	static bool searched;
	static uintptr_t at;

	if (!searched) {
		const void *acpi = efi_table(&acpi_guid), *tree = efi_table(&device_tree_guid);

		at = acpi != NULL ? fw_cfg_by_acpi(acpi) : 0;
		if (at == 0 && tree != NULL)
			at = fw_cfg_by_device_tree(tree);
		searched = true;
	}
	return at;
}

bool processor_is_virtual(void)
{
	return registers() != 0;
}

void fw_cfg_choose(uint16_t key)
{
	__asm__ volatile("strh %w0, [%1]"
			 :
			 : "r"(__builtin_bswap16(key)), "r"(registers() + SELECTOR)
			 : "memory");
}

/* Under KVM a register can be read by plain instructions only, so the compiler must not choose. */
void fw_cfg_read(void *to, size_t n)
{
	uintptr_t data = registers() + DATA;
	uint8_t *p = to;

	for (size_t i = 0; i < n; i++) {
		uint32_t byte;

		__asm__ volatile("ldrb %w0, [%1]" : "=r"(byte) : "r"(data) : "memory");
		p[i] = (uint8_t)byte;
	}
}

/* There is none on this machine: its firmware writes to the first serial port. */
void debug_console_write(struct str text)
{
	(void)text;
}
