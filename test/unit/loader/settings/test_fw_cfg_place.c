/* loader/settings/fw_cfg_place.h: QEMU's fw_cfg is found where the tables of its `virt` machine
 * say, and nowhere else. */
#include "loader/settings/fw_cfg_place.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "test/unit/test.h"

#define PLACE 0x09020000u

/* What iasl makes of QEMU's device:
 *     Device (FWCF) { Name (_HID, "QEMU0002") ... Memory32Fixed (ReadWrite, 0x09020000, 0x18) } */
static const char device[] =
	"\x5b\x82\x3c"
	"FWCF\x08_HID\x0dQEMU0002\0"
	"\x08_STA\x0a\x0b\x08_CCA\x01"
	"\x08_CRS\x11\x11\x0a\x0e\x86\x09\x00\x01\x00\x00\x02\x09\x18\x00\x00\x00"
	"\x79\x00";

static struct {
	uint8_t rsdp[36], xsdt[36 + 16], fadt[276], other[36], dsdt[1024];
} acpi;

static void put(void *to, uint64_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		((uint8_t *)to)[i] = (uint8_t)(n >> 8 * i);
}

static void begin(uint8_t *table, const char *signature, size_t bytes)
{
	memcpy(table, signature, 4);
	put(table + 4, bytes, 4);
}

/* A FADT behind another table, and a DSDT that holds BYTES in its middle. */
static const void *make_acpi(const char *bytes, size_t n)
{
	memset(&acpi, 0, sizeof(acpi));
	memcpy(acpi.rsdp, "RSD PTR ", 8);
	put(acpi.rsdp + 24, (uintptr_t)acpi.xsdt, 8);
	begin(acpi.xsdt, "XSDT", sizeof(acpi.xsdt));
	put(acpi.xsdt + 36, (uintptr_t)acpi.other, 8);
	put(acpi.xsdt + 44, (uintptr_t)acpi.fadt, 8);
	begin(acpi.other, "APIC", sizeof(acpi.other));
	begin(acpi.fadt, "FACP", sizeof(acpi.fadt));
	put(acpi.fadt + 140, (uintptr_t)acpi.dsdt, 8);
	begin(acpi.dsdt, "DSDT", sizeof(acpi.dsdt));
	memcpy(acpi.dsdt + 500, bytes, n);
	return &acpi;
}

static void acpi_tells_the_place(void **state)
{
	(void)state;
	assert_int_equal(fw_cfg_by_acpi(make_acpi(device, sizeof(device))), PLACE);
}

static void a_machine_without_the_device_has_none(void **state)
{
	char other[sizeof(device)];

	(void)state;
	assert_int_equal(fw_cfg_by_acpi(make_acpi("", 0)), 0);
	memcpy(other, device, sizeof(device));
	other[20] = '3';
	assert_int_equal(fw_cfg_by_acpi(make_acpi(other, sizeof(other))), 0);
	/* The name alone, at the very end of the table. */
	make_acpi("", 0);
	memcpy(acpi.dsdt + sizeof(acpi.dsdt) - 8, "QEMU0002", 8);
	assert_int_equal(fw_cfg_by_acpi(&acpi), 0);
}

static void a_range_far_behind_the_name_is_another_device_s(void **state)
{
	(void)state;
	make_acpi("QEMU0002", 8);
	memcpy(acpi.dsdt + 800, "\x86\x09\x00\x01\x00\x00\x02\x09", 8);
	assert_int_equal(fw_cfg_by_acpi(&acpi), 0);
}

static void tables_that_are_cut_short_name_nothing(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(device); n++)
		(void)fw_cfg_by_acpi(make_acpi(device, n));
	make_acpi(device, sizeof(device));
	put(acpi.xsdt + 4, 36 + 15, 4);
	assert_int_equal(fw_cfg_by_acpi(&acpi), 0);
	put(acpi.xsdt + 4, 0xffffffff, 4);
	assert_int_equal(fw_cfg_by_acpi(&acpi), 0);
	make_acpi(device, sizeof(device));
	put(acpi.fadt + 4, 36, 4);
	assert_int_equal(fw_cfg_by_acpi(&acpi), 0);
}

/* A device tree in the making: its header, its structure and its strings. */
static struct {
	uint8_t bytes[1024];
	size_t n;
} tree;

static void cell(uint32_t value)
{
	be32 b = to_be32(value);

	memcpy(tree.bytes + tree.n, &b, sizeof(b));
	tree.n += sizeof(b);
}

static void bytes(const char *p, size_t n)
{
	memcpy(tree.bytes + tree.n, p, n);
	tree.n = (tree.n + n + 3) / 4 * 4;
}

static void compatible(const char *with)
{
	cell(3);
	cell((uint32_t)strlen(with) + 1);
	cell(0);
	bytes(with, strlen(with) + 1);
}

static void reg(uint32_t address)
{
	static const char length[8] = {0, 0, 0, 0, 0, 0, 0, 0x18};
	be32 low = to_be32(address);
	char value[16] = {0};

	memcpy(value + 4, &low, sizeof(low));
	memcpy(value + 8, length, sizeof(length));
	cell(3);
	cell(sizeof(value));
	cell(11);
	bytes(value, sizeof(value));
}

static void begin_node(const char *name)
{
	cell(1);
	bytes(name, strlen(name) + 1);
}

static void begin_tree(void)
{
	be32 head[4] = {to_be32(0xd00dfeed), to_be32(sizeof(tree.bytes)), to_be32(64),
			to_be32(900)};

	memset(&tree, 0, sizeof(tree));
	memcpy(tree.bytes, head, sizeof(head));
	memcpy(tree.bytes + 900, "compatible\0reg", 15);
	tree.n = 64;
	begin_node("");
	compatible("linux,dummy-virt");
	begin_node("pl011@9000000");
	reg(0x09000000);
	compatible("arm,pl011");
	cell(2);
}

static void end_tree(void)
{
	cell(2);
	cell(2);
	cell(9);
}

static void a_device_tree_tells_the_place(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		begin_tree();
		begin_node("fw-cfg@9020000");
		if (order == 0)
			reg(PLACE);
		cell(4); /* a NOP */
		compatible("qemu,fw-cfg-mmio");
		if (order == 1)
			reg(PLACE);
		end_tree();
		assert_int_equal(fw_cfg_by_device_tree(tree.bytes), PLACE);
	}
}

static void a_device_tree_without_it_tells_none(void **state)
{
	(void)state;
	begin_tree();
	end_tree();
	assert_int_equal(fw_cfg_by_device_tree(tree.bytes), 0);
	begin_tree();
	begin_node("fw-cfg@9020000");
	compatible("qemu,fw-cfg-mmio");
	cell(2);
	begin_node("next@1");
	reg(PLACE); /* of the next node */
	end_tree();
	assert_int_equal(fw_cfg_by_device_tree(tree.bytes), 0);
	tree.bytes[0] = 0;
	assert_int_equal(fw_cfg_by_device_tree(tree.bytes), 0);
}

static void a_device_tree_that_is_cut_short_is_not_read_past_its_end(void **state)
{
	(void)state;
	begin_tree();
	begin_node("fw-cfg@9020000");
	compatible("qemu,fw-cfg-mmio");
	reg(PLACE);
	end_tree();
	for (uint32_t n = 16; n < 1024; n += 4) {
		uint8_t *cut = malloc(n);
		be32 size = to_be32(n);

		memcpy(cut, tree.bytes, n);
		memcpy(cut + 4, &size, sizeof(size));
		(void)fw_cfg_by_device_tree(cut);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acpi_tells_the_place),
		cmocka_unit_test(a_machine_without_the_device_has_none),
		cmocka_unit_test(a_range_far_behind_the_name_is_another_device_s),
		cmocka_unit_test(tables_that_are_cut_short_name_nothing),
		cmocka_unit_test(a_device_tree_tells_the_place),
		cmocka_unit_test(a_device_tree_without_it_tells_none),
		cmocka_unit_test(a_device_tree_that_is_cut_short_is_not_read_past_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
