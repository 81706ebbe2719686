/* The place of each disk in the boot order. */
#include "efi/boot_options.h"

#include "efi/block.h"
#include "efi/channels.h"
#include "efi/path.h"
#include "loader/disks/boot_order.h"
#include "loader/loader.h"

/* Boot options that are read, and the most bytes of one. */
#define OPTIONS_MAX 64
#define OPTION_MAX  1024

/* The device path of the disk, without its end. */
static struct str path_text(const struct disk *d)
{
	EFI_DEVICE_PATH *path = path_of(((struct efi_block *)d->block)->handle);

	return path == NULL ? S("") : (struct str){(const char *)path, path_bytes(path)};
}

/* Gives disk NUMBER and its partitions the place AT, unless they have one already. */
static void put(struct loader *l, unsigned number, unsigned at)
{
	for (unsigned i = 0; i < l->count; i++) {
		struct disk *d = &l->disks[i];

		if (d->number == number && d->boot_place == 0)
			d->boot_place = at;
	}
}

/* Places the disks in the order that the host gave. */
static void ask_host(struct loader *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		struct disk *d = &l->disks[i];

		if (d->partition == 0)
			put(l, d->number, boot_order_place(l->boot_order, path_text(d)));
	}
}

/* Reads a variable of the firmware, at most ROOM bytes. Returns its length; 0 when it has none. */
static UINTN variable(const CHAR16 *name, void *to, UINTN room)
{
	static EFI_GUID global = {
		0x8be4df61, 0x93ca, 0x11d2, {0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}};

	return EFI_ERROR(system_table->RuntimeServices->GetVariable((CHAR16 *)name, &global, NULL,
								    &room, to))
		       ? 0
		       : room;
}

/* Places the disks that boot option NUMBER means. */
static void ask_option(struct loader *l, UINT16 number, unsigned at)
{
	static const char digits[] = "0123456789ABCDEF";
	CHAR16 name[] = {'B',
			 'o',
			 'o',
			 't',
			 digits[number >> 12],
			 digits[number >> 8 & 15],
			 digits[number >> 4 & 15],
			 digits[number & 15],
			 0};
	char option[OPTION_MAX];
	struct str path =
		boot_option_path((struct str){option, variable(name, option, sizeof(option))});

	for (unsigned i = 0; path.n > 0 && i < l->count; i++) {
		if (boot_option_means(path, path_text(&l->disks[i])))
			put(l, l->disks[i].number, at);
	}
}

/* Places the disks in the order of the firmware's variables. An order that names every disk is one
 * that the firmware made by itself, and does not count. */
static void ask_firmware(struct loader *l)
{
	UINT16 order[OPTIONS_MAX];
	UINTN n = variable((CHAR16 *)u"BootOrder", order, sizeof(order)) / sizeof(*order);
	bool left_out = false;

	for (UINTN i = 0; i < n; i++)
		ask_option(l, order[i], (unsigned)i + 1);
	for (unsigned i = 0; i < l->count; i++)
		left_out |= l->disks[i].boot_place == 0;
	for (unsigned i = 0; !left_out && i < l->count; i++)
		l->disks[i].boot_place = 0;
}

void boot_order_find(struct loader *l)
{
	bool several = false;

	for (unsigned i = 0; i < l->count; i++)
		several |= l->disks[i].number > 0;
	if (!several || confidential_guest() != NULL)
		return;
	if (str_find(l->boot_order, '/') < l->boot_order.n)
		ask_host(l);
	else
		ask_firmware(l);
}
