/* The boot order, as QEMU's host gives it and as the firmware keeps it. */
#include "loader/disks/boot_order.h"

#include "base/bytes.h"

/* A device path: UEFI specification, 10.3. */
struct node {
	uint8_t type, subtype;
	le16 bytes; /* with this head */
};
_Static_assert(sizeof(struct node) == 4, "10.2");

#define NODE(type, subtype) ((unsigned)(type) << 8 | (subtype))

#define NODE_END  NODE(0x7f, 0xff)
#define NODE_HD   NODE(4, 1)  /* a partition: number, start, size, signature */
#define NODE_PCI  NODE(1, 1)  /* function, device */
#define NODE_ACPI NODE(2, 1)  /* HID, UID: 4 bytes each */
#define NODE_ATA  NODE(3, 1)  /* secondary, slave, LUN */
#define NODE_SCSI NODE(3, 2)  /* target, LUN: 2 bytes each */
#define NODE_USB  NODE(3, 5)  /* port, interface */
#define NODE_SATA NODE(3, 18) /* port, multiplier, LUN: 2 bytes each */
#define NODE_NVME NODE(3, 23) /* namespace: 4 bytes; EUI */

/* Bridges, and the function behind them. */
#define HOPS_MAX 8

/* Where a disk is attached. */
struct seat {
	bool extra_root; /* not on the first root bus; on which other is not said */
	unsigned hops;
	struct {
		unsigned device, function;
	} hop[HOPS_MAX];
	unsigned unit; /* a NODE_ above; 0: the function is the disk */
	unsigned a, b; /* target and LUN, and the like */
};

static void take_node(struct seat *s, unsigned kind, const uint8_t *data, size_t n)
{
	if (kind == NODE_PCI && n >= 2 && s->hops < HOPS_MAX) {
		s->hop[s->hops].function = data[0];
		s->hop[s->hops++].device = data[1];
	} else if (kind == NODE_ACPI && n >= 8) {
		s->extra_root = (data[4] | data[5] | data[6] | data[7]) != 0;
	} else if (kind >> 8 == 3) {
		s->unit = kind;
		if (kind == NODE_ATA && n >= 2) {
			s->a = data[0];
			s->b = data[1];
		} else if (n >= 4) {
			s->a = data[0] | (unsigned)data[1] << 8;
			s->b = data[2] | (unsigned)data[3] << 8;
		}
	}
}

/* Cuts the first node off *PATH; false at the end, or when there is no whole one. */
static bool cut_node(struct str *path, unsigned *kind, struct str *data)
{
	const struct node *node = (const struct node *)path->p;
	size_t n;

	if (path->n < sizeof(*node))
		return false;
	n = get_le16(node->bytes);
	*kind = NODE(node->type, node->subtype);
	if (n < sizeof(*node) || n > path->n || *kind == NODE_END)
		return false;
	*data = (struct str){path->p + sizeof(*node), n - sizeof(*node)};
	*path = (struct str){path->p + n, path->n - n};
	return true;
}

static struct seat seat_of(struct str path)
{
	struct seat s = {0};
	struct str data;
	unsigned kind;

	while (cut_node(&path, &kind, &data))
		take_node(&s, kind, (const uint8_t *)data.p, data.n);
	return s;
}

/* Cuts a hexadecimal number off the start of *S; 0 when there is none. No disk has a number that
 * overflows here. */
static unsigned cut_hex(struct str *s)
{
	unsigned v = 0;

	for (; s->n > 0; *s = (struct str){s->p + 1, s->n - 1}) {
		char c = s->p[0];
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
							: 16;

		if (digit == 16)
			break;
		v = v << 4 | digit;
	}
	return v;
}

/* Cuts "NAME@A,B" off the start of *PATH, a component with the '/' before it. B is 0 where it is
 * left out. */
static struct str cut_component(struct str *path, unsigned *a, unsigned *b)
{
	struct str component, name;

	*a = *b = 0;
	(void)str_cut_prefix(path, S("/"));
	component = (struct str){path->p, str_find(*path, '/')};
	*path = (struct str){path->p + component.n, path->n - component.n};
	name = str_cut(&component, '@');
	*a = cut_hex(&component);
	if (str_cut_prefix(&component, S(",")))
		*b = cut_hex(&component);
	return name;
}

static bool is_unit(struct str path, const struct seat *s)
{
	unsigned drive, a, b;
	struct str name = cut_component(&path, &a, &b);

	if (s->unit == 0)
		return str_eq(name, S("disk"));
	if (s->unit == NODE_NVME) /* QEMU forgets which namespace where there may be several */
		return (str_eq(name, S("namespace")) && a == s->a) ||
		       str_starts(name, S("nvme-ns"));
	drive = a;
	cut_component(&path, &a, &b);
	if (s->unit == NODE_SCSI)
		return str_eq(name, S("channel")) && a == s->a && b == s->b;
	if (s->unit == NODE_ATA)
		return str_eq(name, S("drive")) && drive == s->a && a == s->b;
	return s->unit == NODE_SATA && str_eq(name, S("drive")) && drive == s->a;
}

/* True when LINE names the disk at S. QEMU does not document the names: its hw/pci, hw/scsi and so
 * on make them, and OVMF reads them like this. */
static bool is_disk(struct str line, const struct seat *s)
{
	struct str root;

	/* The address of the host bridge, "i0cf8" on a PC and "ffffffffffffffff" on Arm's virt, is
	 * followed by a comma and a number for another root bus than the first. */
	if (!str_cut_prefix(&line, S("/pci@")))
		return false;
	root = str_cut(&line, '/');
	if (s->extra_root != (str_find(root, ',') < root.n))
		return false;
	for (unsigned i = 0; i < s->hops; i++) {
		unsigned device, function;
		struct str name = cut_component(&line, &device, &function);

		if (device != s->hop[i].device || function != s->hop[i].function ||
		    str_eq(name, S("pci-bridge")) != (i + 1 < s->hops))
			return false;
	}
	return s->hops > 0 && is_unit(line, s);
}

unsigned boot_order_place(struct str order, struct str path)
{
	struct seat s = seat_of(path);

	order.n = str_find(order, '\0');
	for (unsigned place = 1; order.n > 0; place++) {
		if (is_disk(str_cut(&order, '\n'), &s))
			return place;
	}
	return 0;
}

/* EFI_LOAD_OPTION, followed by a description in UTF-16 with a zero at its end, and the path. */
struct option {
	le32 attributes;
	le16 path_bytes;
};
_Static_assert(sizeof(struct option) == 6, "3.1.3");

#define ACTIVE 1u

struct str boot_option_path(struct str option)
{
	const struct option *o = (const struct option *)option.p;
	struct str rest, data;
	size_t at = sizeof(*o), end;
	unsigned kind;

	if (option.n < sizeof(*o) || !(get_le32(o->attributes) & ACTIVE))
		return S("");
	while (at + 2 <= option.n && (option.p[at] != '\0' || option.p[at + 1] != '\0'))
		at += 2;
	at += 2;
	end = at + get_le16(o->path_bytes);
	if (end > option.n)
		return S("");
	rest = (struct str){option.p + at, end - at};
	while (cut_node(&rest, &kind, &data))
		;
	return (struct str){option.p + at, end - at - rest.n};
}

bool boot_option_means(struct str option, struct str path)
{
	struct str rest = option, data;
	unsigned kind;

	if (!cut_node(&rest, &kind, &data))
		return false;
	if (kind == NODE_HD)
		return str_ends(path, (struct str){option.p, option.n - rest.n});
	/* A path that is only a root bridge names no disk. */
	return rest.n > 0 && path.n > 0 && (str_starts(option, path) || str_starts(path, option));
}
