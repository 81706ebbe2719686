/* Which disk goes before which, and why. */
#include "loader/disks/order.h"

#include "base/fmt.h"
#include "fs/volume.h"
#include "loader/disks/find.h"
#include "loader/settings/apply.h"

/* A disk without a place in the boot order goes behind all that have one. */
static unsigned boot_place(const struct disk *d)
{
	return d->boot_place - 1u;
}

/* The strongest reason that puts A before B; ORDER_FOUND when there is none. */
static enum order_by goes_before(const struct disk *a, const struct disk *b)
{
	if (a->named != b->named)
		return a->named ? ORDER_NAMED : ORDER_FOUND;
	if (a->boot_place != b->boot_place)
		return boot_place(a) < boot_place(b) ? ORDER_BOOT_ORDER : ORDER_FOUND;
	if ((a->partition == 0) != (b->partition == 0))
		return a->partition == 0 ? ORDER_WHOLE : ORDER_FOUND;
	return a->virtio && !b->virtio ? ORDER_VIRTIO : ORDER_FOUND;
}

void order_sort(struct disk *disks, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		struct disk d = disks[i];
		unsigned to = i;

		for (; to > 0 && goes_before(&d, &disks[to - 1]) != ORDER_FOUND; to--)
			disks[to] = disks[to - 1];
		disks[to] = d;
	}
}

enum order_by order_reason(const struct loader *l, const struct disk **taken,
			   const struct disk **next)
{
	*taken = *next = NULL;
	for (unsigned i = 0; i < l->count && *next == NULL; i++) {
		const struct disk *d = &l->disks[i];

		if (&d->config == l->guest)
			*taken = d;
		else if (*taken != NULL && host_trusts(l, d) && config_boots(&d->config))
			*next = d;
	}
	return *next == NULL ? ORDER_ALONE : goes_before(*taken, *next);
}

/* Bytes of a name for the setting `disk`. */
#define PIN_BYTES 80

/* True when D's serial number cannot name it: another disk has the same, D has none, or it is too
 * long. */
static bool is_serial_vague(const struct loader *l, const struct disk *d)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].number != d->number && str_eq(l->disks[i].serial, d->serial))
			return true;
	}
	return d->serial.n == 0 || d->serial.n > PIN_BYTES - sizeof("SERIAL=");
}

/* The value of the setting `disk` that chooses D and not OTHER: the serial number or index, which
 * only the host gives a disk, while a guest can write a UUID. Two partitions of one disk share
 * these, and only a UUID tells them apart. */
static struct str pin(const struct loader *l, const struct disk *d, const struct disk *other,
		      char *buf)
{
	struct str uuid = str_of(d->volume->uuid);
	const struct disk *two[2];

	if (d->number == other->number && uuid.n > 0 && !find_two_disks(l, BY_UUID, uuid, two))
		return (struct str){buf, fmt(buf, PIN_BYTES, "UUID=%.*s", STR_ARG(uuid))};
	if (!is_serial_vague(l, d))
		return (struct str){buf, fmt(buf, PIN_BYTES, "SERIAL=%.*s", STR_ARG(d->serial))};
	return (struct str){buf, fmt(buf, PIN_BYTES, "INDEX=%u", d->number + 1)};
}

void order_report(struct loader *l)
{
	static const char *const reasons[] = {
		[ORDER_NAMED] = "because the host names it",
		[ORDER_BOOT_ORDER] = "because it comes first in the boot order",
		[ORDER_WHOLE] = "because it is a whole disk",
		[ORDER_VIRTIO] = "because it is on virtio",
		[ORDER_FOUND] = "because the firmware found it first",
	};
	const struct disk *taken, *next;
	enum order_by by = order_reason(l, &taken, &next);
	char first[PIN_BYTES], second[PIN_BYTES];

	if (by == ORDER_ALONE)
		return;
	note(l->report,
	     "%.*s and %.*s both have an entry to boot: %.*s goes first, %s; to choose, say "
	     "disk=%.*s or disk=%.*s",
	     STR_ARG(taken->volume->name), STR_ARG(next->volume->name),
	     STR_ARG(taken->volume->name), reasons[by], STR_ARG(pin(l, taken, next, first)),
	     STR_ARG(pin(l, next, taken, second)));
}
