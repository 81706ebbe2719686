/* loader/disks/boot_order.c: QEMU's lines, as QEMU 7.2 wrote them for the machines in the comments,
 * and the device paths that OVMF gives the same disks. */
#include "loader/disks/boot_order.h"

#include <stdlib.h>

#include "test/unit/test.h"

#define ACPI(uid)      2, 1, 12, 0, 0xd0, 0x41, 0x03, 0x0a, (uid), 0, 0, 0
#define PCI(dev, fn)   1, 1, 6, 0, (fn), (dev)
#define SCSI(pun, lun) 3, 2, 8, 0, (pun)&0xff, (pun) >> 8, (lun)&0xff, (lun) >> 8
#define NVME(ns)       3, 23, 16, 0, (ns), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define SATA(port)     3, 18, 10, 0, (port), 0, 0xff, 0xff, 0, 0
#define ATA(c, s)      3, 1, 8, 0, (c), (s), 0, 0
#define USB(port)      3, 5, 6, 0, (port), 0
#define END            0x7f, 0xff, 4, 0

/* The place in ORDER of the disk whose path is these bytes. */
#define PLACE(order, ...)                                                                     \
	boot_order_place(S(order), (struct str){(const char *)(const uint8_t[]){__VA_ARGS__}, \
						sizeof((const uint8_t[]){__VA_ARGS__})})

/* pc: a USB disk, NVMe, virtio-scsi, virtio-blk, the slave of IDE's second channel, and virtio-blk
 * behind a bridge. */
#define PC                                                \
	"/pci@i0cf8/usb@5/storage@1/channel@0/disk@0,0\n" \
	"/pci@i0cf8/pci1b36,0010@4/namespace@1,0\n"       \
	"/pci@i0cf8/scsi@3/channel@0/disk@5,12c\n"        \
	"/pci@i0cf8/scsi@2/disk@0,0\n"                    \
	"/pci@i0cf8/ide@1,1/drive@1/disk@1\n"             \
	"/pci@i0cf8/pci-bridge@6/scsi@3/disk@0,0\n"       \
	"HALT\0"

/* q35: two namespaces of one controller, a root port, SATA, and a root port on another root bus. */
#define Q35                                             \
	"/pci@i0cf8/pci1b36,0010@1/nvme-nsbootindex\n"  \
	"/pci@i0cf8/pci-bridge@5,1/scsi@0/disk@0,0\n"   \
	"/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@0\n" \
	"/pci@i0cf8,1/pci-bridge@0/scsi@0/disk@0,0"

/* virt: virtio-blk, a root port, and a root port on another root bus. */
#define VIRT                                                   \
	"/pci@ffffffffffffffff/scsi@9/disk@0,0\n"              \
	"/pci@ffffffffffffffff/pci-bridge@2/scsi@0/disk@0,0\n" \
	"/pci@ffffffffffffffff,1/pci-bridge@0/scsi@0/disk@0,0"

static void each_kind_of_disk_is_found(void **state)
{
	(void)state;
	assert_int_equal(PLACE(PC, ACPI(0), PCI(4, 0), NVME(1), END), 2);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(3, 0), SCSI(5, 300), END), 3);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(2, 0), END), 4);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(1, 1), ATA(1, 1), END), 5);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(6, 0), PCI(3, 0), END), 6);
	assert_int_equal(PLACE(Q35, ACPI(0), PCI(1, 0), NVME(2), END), 1);
	assert_int_equal(PLACE(Q35, ACPI(0), PCI(5, 1), PCI(0, 0), END), 2);
	assert_int_equal(PLACE(Q35, ACPI(0), PCI(31, 2), SATA(2), END), 3);
	assert_int_equal(PLACE(Q35, ACPI(64), PCI(0, 0), PCI(0, 0), END), 4);
	assert_int_equal(PLACE(VIRT, ACPI(0), PCI(9, 0), END), 1);
	assert_int_equal(PLACE(VIRT, ACPI(0), PCI(2, 0), PCI(0, 0), END), 2);
	assert_int_equal(PLACE(VIRT, ACPI(8), PCI(0, 0), PCI(0, 0), END), 3);
}

static void its_neighbours_are_not(void **state)
{
	(void)state;
	assert_int_equal(PLACE(PC, ACPI(0), PCI(4, 0), NVME(2), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(3, 0), SCSI(5, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(3, 0), SCSI(4, 300), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(3, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(2, 1), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(2, 0), SCSI(0, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(1, 1), ATA(1, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(1, 1), ATA(0, 1), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(6, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(6, 0), PCI(6, 0), PCI(3, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(1), PCI(2, 0), END), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(5, 0), USB(0), END), 0);
	assert_int_equal(PLACE(Q35, ACPI(0), PCI(31, 2), SATA(1), END), 0);
	assert_int_equal(PLACE(VIRT, ACPI(8), PCI(9, 0), END), 0);
	assert_int_equal(PLACE(Q35, ACPI(0), PCI(0, 0), PCI(0, 0), END), 0);
}

static void a_partition_has_its_disks_place(void **state)
{
	(void)state;
	assert_int_equal(boot_order_place(S(PC), (struct str){(const char *)(const uint8_t[]){
								      ACPI(0), PCI(2, 0), 4, 1, 5,
								      0, 1, END},
							      27}),
			 4);
}

static void what_is_no_order_or_no_path_names_nothing(void **state)
{
	static const uint8_t path[] = {ACPI(0), PCI(2, 0), END};
	static const char *const orders[] = {"",
					     "\n\n",
					     "/pci@i0cf8",
					     "/pci@i0cf8/",
					     "/pci@i0cf8/scsi@2",
					     "/pci@i0cf8/scsi@2/",

					     "/pci@i0cf8/scsi@102/disk@0,0",
					     "scsi@2/disk@0,0",
					     "/pci@i0cf8,/scsi@2/disk@0,0",
					     "/pci@i0cf8/scsi@2,/dis@0"};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		if (boot_order_place(str_of(orders[i]),
				     (struct str){(const char *)path, sizeof(path)}) != 0)
			print_error("'%s'\n", orders[i]);
	}
	assert_int_equal(PLACE(PC, 0), 0);
	assert_int_equal(PLACE(PC, ACPI(0), 1, 1, 3, 0), 0);
	assert_int_equal(PLACE(PC, ACPI(0), 1, 1, 60, 0, 0, 2), 0);
	assert_int_equal(PLACE(PC, ACPI(0), 1, 1, 4, 0), 0);
	assert_int_equal(PLACE(PC, ACPI(0), PCI(1, 0), PCI(1, 0), PCI(1, 0), PCI(1, 0), PCI(1, 0),
			       PCI(1, 0), PCI(1, 0), PCI(1, 0), PCI(2, 0), END),
			 0);
	/* Cut anywhere, nothing is read past the end. */
	for (size_t n = 0; n < sizeof(path); n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, path, n);
		assert_true(boot_order_place(S(PC), (struct str){copy, n}) <= 6);
		free(copy);
	}
}

#define HD        4, 1, 10, 0, 1, 2, 3, 4, 5, 6 /* shorter than a true one */
#define FILE_NODE 4, 4, 8, 0, 'x', 0, 0, 0
#define ACTIVE    1, 0, 0, 0
#define INACTIVE  0, 0, 0, 0
#define BYTES(...) \
	(const char *)(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define TEXT(...) ((struct str){BYTES(__VA_ARGS__)})

static void an_option_of_the_firmware_has_a_path(void **state)
{
	struct str whole = TEXT(ACTIVE, 22, 0, 'a', 0, 'b', 0, 0, 0, ACPI(0), PCI(2, 0), END, 9, 9);

	(void)state;
	assert_true(str_eq(boot_option_path(whole), TEXT(ACPI(0), PCI(2, 0))));
	assert_int_equal(boot_option_path(TEXT(INACTIVE, 22, 0, 0, 0, ACPI(0), PCI(2, 0), END)).n,
			 0);
	assert_int_equal(boot_option_path(TEXT(ACTIVE, 4, 0, 0, 0, END)).n, 0);
	for (size_t n = 0; n < whole.n - 2; n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, whole.p, n);
		assert_int_equal(boot_option_path((struct str){copy, n}).n, 0);
		free(copy);
	}
}

static void an_option_means_its_disk_what_is_on_it_or_what_it_hangs_on(void **state)
{
	struct str disk = TEXT(ACPI(0), PCI(2, 0), SCSI(1, 0));
	struct str partition = TEXT(ACPI(0), PCI(2, 0), SCSI(1, 0), HD);

	(void)state;
	assert_true(boot_option_means(disk, disk));
	assert_true(boot_option_means(TEXT(ACPI(0), PCI(2, 0)), disk));
	assert_true(boot_option_means(partition, disk));
	assert_true(boot_option_means(disk, partition));
	assert_true(boot_option_means(TEXT(ACPI(0), PCI(2, 0), SCSI(1, 0), HD, FILE_NODE), disk));
	assert_true(boot_option_means(TEXT(HD, FILE_NODE), partition));
	assert_false(boot_option_means(TEXT(HD, FILE_NODE), disk));
	assert_false(boot_option_means(TEXT(ACPI(0)), disk));
	assert_false(boot_option_means(TEXT(ACPI(0), PCI(3, 0)), disk));
	assert_false(boot_option_means(TEXT(ACPI(0), PCI(2, 0), SCSI(2, 0)), disk));
	assert_false(boot_option_means(S(""), disk));
	assert_false(boot_option_means(disk, S("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_disk_is_found),
		cmocka_unit_test(its_neighbours_are_not),
		cmocka_unit_test(a_partition_has_its_disks_place),
		cmocka_unit_test(what_is_no_order_or_no_path_names_nothing),
		cmocka_unit_test(an_option_of_the_firmware_has_a_path),
		cmocka_unit_test(an_option_means_its_disk_what_is_on_it_or_what_it_hangs_on),
	};

	return cmocka_run_group_tests_name("boot_order", tests, NULL, NULL);
}
