/* What Linux calls a disk. */
#include "loader/disks/linux_name.h"

#include "base/fmt.h"
#include "base/glob.h"

struct str linux_name(const struct disk *d, char *buf)
{
	size_t n = 0;

	if (d->bus == BUS_NVME)
		n = fmt(buf, LINUX_NAME_BYTES, "/dev/nvme%un1%s", d->linux_index,
			d->partition ? "p" : "");
	else if (d->bus != BUS_OTHER && d->linux_index < 26)
		n = fmt(buf, LINUX_NAME_BYTES, "/dev/%s%c", d->bus == BUS_VIRTIO ? "vd" : "sd",
			(int)('a' + d->linux_index));
	if (n > 0 && d->partition != 0)
		n += fmt(buf + n, LINUX_NAME_BYTES - n, "%u", d->partition);
	return (struct str){buf, n};
}

bool linux_names(struct str path)
{
	static const char *const kinds[] = {"/dev/vd?*", "/dev/sd?*", "/dev/xvd?*", "/dev/hd?*",
					    "/dev/nvme?n?*"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (glob_match(str_of(kinds[i]), path))
			return true;
	}
	return false;
}
