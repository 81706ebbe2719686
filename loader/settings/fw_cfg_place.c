/* Finds QEMU's fw_cfg in ACPI tables and in a device tree.
 *
 * Under ACPI it is a device of the DSDT, which is a program in bytes (AML). Nothing runs that here.
 * QEMU writes it always alike: the device's name "QEMU0002", and soon behind it its resources, of
 * which one is a 32-bit range of memory (ACPI specification, 6.4.3.4):
 *
 *      86 09 00  01         10 20 30 40    18 00 00 00
 *      the kind  writable   the address    its length */
#include "loader/settings/fw_cfg_place.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/str.h"

#define TABLE_MAX (1u << 20)
#define TREE_MAX  (16u << 20) /* firmware makes room in it for more */
#define NEAR      256         /* bytes behind the name, many times what its resources take */

#define TREE_MAGIC 0xd00dfeedu
#define BEGIN_NODE 1
#define END_NODE   2
#define PROPERTY   3
#define NOP        4

struct rsdp {
	char signature[8];
	uint8_t skipped[16];
	le64 xsdt;
};
_Static_assert(offsetof(struct rsdp, xsdt) == 24, "ACPI, 5.2.5.3");

struct table {
	char signature[4];
	le32 bytes;
	uint8_t skipped[28];
};
_Static_assert(sizeof(struct table) == 36, "ACPI, 5.2.6");

struct fadt {
	struct table head;
	uint8_t skipped[4];
	le32 dsdt;
	uint8_t skipped2[96];
	le64 x_dsdt;
};
_Static_assert(offsetof(struct fadt, x_dsdt) == 140, "ACPI, 5.2.9");

struct range {
	uint8_t kind[4];
	le32 address, bytes;
};

struct tree {
	be32 magic, bytes, structure, strings;
};

/* The table at ADDRESS as text; empty when its first bytes are not SIGNATURE. */
static struct str table_at(uint64_t address, struct str signature)
{
	const struct table *t = (const struct table *)(uintptr_t)address;
	struct str name;
	uint32_t bytes;

	if (t == NULL)
		return S("");
	name = (struct str){t->signature, sizeof(t->signature)};
	bytes = get_le32(t->bytes);
	return str_eq(name, signature) && bytes >= sizeof(*t) && bytes <= TABLE_MAX
		       ? (struct str){(const char *)t, bytes}
		       : S("");
}

static struct str dsdt_of(struct str fadt)
{
	const struct fadt *f = (const struct fadt *)fadt.p;
	uint64_t at = 0;

	if (fadt.n >= sizeof(*f))
		at = get_le64(f->x_dsdt);
	if (at == 0 && fadt.n >= offsetof(struct fadt, skipped2))
		at = get_le32(f->dsdt);
	return table_at(at, S("DSDT"));
}

static uint64_t search_dsdt(struct str dsdt)
{
	static const struct str name = S("QEMU0002"), writable = S("\x86\x09\x00\x01");

	while (dsdt.n >= name.n && !str_starts(dsdt, name))
		dsdt = str_skip(dsdt, 1);
	for (size_t i = 0; i < NEAR && dsdt.n >= sizeof(struct range); i++) {
		if (str_starts(dsdt, writable))
			return get_le32(((const struct range *)dsdt.p)->address);
		dsdt = str_skip(dsdt, 1);
	}
	return 0;
}

uint64_t fw_cfg_by_acpi(const void *acpi)
{
	const struct rsdp *rsdp = acpi;
	struct str xsdt = table_at(get_le64(rsdp->xsdt), S("XSDT"));

	if (xsdt.n == 0)
		return 0;
	for (xsdt = str_skip(xsdt, sizeof(struct table)); xsdt.n >= sizeof(le64);
	     xsdt = str_skip(xsdt, sizeof(le64))) {
		struct str fadt = table_at(get_le64(*(const le64 *)xsdt.p), S("FACP"));

		if (fadt.n > 0)
			return search_dsdt(dsdt_of(fadt));
	}
	return 0;
}

/* Takes a number of the device tree off *REST; 0 when it has ended, which begins nothing. */
static uint32_t cut_cell(struct str *rest)
{
	uint32_t n;

	if (rest->n < sizeof(be32))
		return 0;
	n = get_be32(*(const be32 *)rest->p);
	*rest = str_skip(*rest, sizeof(be32));
	return n;
}

/* Takes N bytes off *REST, and what fills them up to whole cells. */
static struct str cut_bytes(struct str *rest, size_t n)
{
	struct str bytes = {rest->p, n < rest->n ? n : rest->n};
	size_t all = (n + 3) / 4 * 4;

	*rest = str_skip(*rest, all < rest->n ? all : rest->n);
	return bytes;
}

/* The string that begins at AT of the tree, up to its NUL. */
static struct str string_at(struct str tree, uint64_t at)
{
	struct str s = str_skip(tree, at < tree.n ? (size_t)at : tree.n);

	s.n = str_find(s, '\0');
	return s;
}

uint64_t fw_cfg_by_device_tree(const void *at)
{
	const struct tree *t = at;
	struct str tree = {at, get_be32(t->bytes)}, rest;
	uint64_t address = 0;
	bool found = false;

	if (get_be32(t->magic) != TREE_MAGIC || tree.n > TREE_MAX ||
	    get_be32(t->structure) > tree.n)
		return 0;
	rest = str_skip(tree, get_be32(t->structure));
	for (uint32_t token = cut_cell(&rest); token >= BEGIN_NODE && token <= NOP;
	     token = cut_cell(&rest)) {
		if (token == BEGIN_NODE) {
			(void)cut_bytes(&rest, str_find(rest, '\0') + 1);
			address = 0;
			found = false;
		} else if (token == PROPERTY) {
			uint32_t n = cut_cell(&rest);
			struct str name =
				string_at(tree, (uint64_t)get_be32(t->strings) + cut_cell(&rest));
			struct str value = cut_bytes(&rest, n);

			if (str_eq(name, S("compatible")))
				found = str_starts(value, S("qemu,fw-cfg-mmio"));
			else if (str_eq(name, S("reg")) && value.n == 4 * sizeof(be32))
				address = get_be64(*(const be64 *)value.p);
			if (found && address != 0)
				return address;
		}
	}
	return 0;
}
