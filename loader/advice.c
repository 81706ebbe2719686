/* What a person should do first when nothing boots. */
#include "loader/advice.h"

#include "base/utf8.h"
#include "config/lines/text.h"
#include "fs/block.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "loader/disks/find.h"

/* The most bytes of an /etc/fstab that is read, and of a device in it that is quoted. */
#define FSTAB_MAX   (64u * 1024)
#define QUOTE_BYTES 80

/* What was found on the disks, in numbers. */
struct sum {
	unsigned nothing;  /* disks without a file system that we read */
	unsigned wrapped;  /* of these, those that are images of another kind or packed files */
	unsigned unopened; /* disks whose file system could not be opened */
	unsigned damaged;  /* disks that fail or are damaged where a boot file lies */
	unsigned aside;    /* disks with a kernel that is on another disk */
	unsigned files, entries;
};

bool advice_waiting(const struct disk *d)
{
	return config_boots(&d->config);
}

bool advice_waits(const struct loader *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (advice_waiting(&l->disks[i]))
			return true;
	}
	return false;
}

static struct sum sum_up(const struct loader *l)
{
	struct sum sum = {0};

	for (unsigned i = 0; i < l->count; i++) {
		const struct disk *d = &l->disks[i];

		sum.nothing += d->status == E_NOT_FOUND;
		sum.wrapped += d->status == E_NOT_FOUND && fs_is_wrapped(d->block);
		sum.unopened += d->status != OK && d->status != E_NOT_FOUND;
		sum.damaged += d->config.unreadable;
		sum.aside += d->config.aside.n > 0;
		for (const struct boot_file *f = d->config.files; f != NULL; f = f->next) {
			sum.files++;
			sum.entries += f->entries > 0;
		}
	}
	return sum;
}

/* What TEXT, an /etc/fstab, mounts at /boot; "" when it mounts nothing there. */
static struct str mounted_at_boot(struct str text)
{
	while (text.n > 0) {
		struct str line = str_cut(&text, '\n'), device = text_word(&line),
			   at = text_word(&line);

		if (!str_starts(device, S("#")) &&
		    (str_eq(at, S("/boot")) || str_eq(at, S("/boot/"))))
			return device;
	}
	return S("");
}

/* True when a file system of this name is here. Never for a name that only Linux knows. */
static bool is_here(const struct loader *l, struct str device)
{
	enum cmdline_by by = cmdline_names(device, &device);

	return find_disk_by_name(l, by, cmdline_unquote(device)) != NULL;
}

/* The first file system whose /etc/fstab mounts at /boot a disk that is not here; *DEVICE is that
 * disk's name in it. */
static const struct volume *without_boot(struct loader *l, struct str *device)
{
	for (unsigned i = 0; i < l->count; i++) {
		struct volume *v = l->disks[i].volume;
		size_t mark = report_mark(l->report);
		struct str text;
		enum status status = E_NOT_FOUND;

		if (v != NULL && l->disks[i].config.files == NULL)
			status = vol_load(v, S("/etc/fstab"), FSTAB_MAX, &l->arena, &text);
		report_rewind(l->report, mark);
		if (status != OK)
			continue;
		*device = mounted_at_boot(text);
		if (device->n > 0 && !is_here(l, *device))
			return v;
	}
	return NULL;
}

/* What to do about a disk whose file system we could not read, if the report names one; ""
 * otherwise. */
static struct str see_to(const struct sum *sum)
{
	if (sum->wrapped > 0)
		return S("first unpack or convert the disk that is no raw image, as said above");
	if (sum->unopened > 0)
		return S("first see to the disk whose file system could not be opened, as said "
			 "above");
	return S("");
}

/* The advice when no disk has a file system that we read. "" when the lines above say it already.
 */
static struct str attach(const struct loader *l, const struct sum *sum)
{
	if (sum->nothing == 0 || sum->wrapped == l->count)
		return S("");
	if (see_to(sum).n > 0)
		return see_to(sum);
	return S("attach the disk that holds the guest's /boot: ext2, ext3, ext4 or XFS on the "
		 "whole disk or on a partition");
}

/* The advice when no boot file has an entry. */
static struct str install(struct loader *l, const struct sum *sum)
{
	struct str device, made;
	const struct volume *root = without_boot(l, &device);

	if (root != NULL && str_fmt(&l->arena, &made,
				    "attach the disk that holds this guest's /boot: /etc/fstab on "
				    "%.*s mounts %.*s there",
				    STR_ARG(root->name), STR_ARG(utf8_cut(device, QUOTE_BYTES))))
		return made;
	if (see_to(sum).n > 0)
		return see_to(sum);
	if (sum->aside > 0)
		return S("attach the disk that holds the guest's /boot, or install a kernel in "
			 "/boot");
	if (sum->files > 0)
		return S("correct the boot file, or write /boot/partless.conf (partless.conf(5))");
	if (l->settings.said[SET_CONFIG])
		return S("allow more by the host's setting 'config' (partless-settings(5)), or "
			 "install what it allows");
	return S("install a kernel in /boot, or write /boot/partless.conf (partless.conf(5))");
}

struct str advice(struct loader *l)
{
	const struct sum sum = sum_up(l);

	if (l->out_of_reach)
		return S("give the SCSI disk that this firmware does not reach a lower unit, 0 to "
			 "7 for one");
	if (l->places.count == 0)
		return attach(l, &sum);
	if (advice_waits(l))
		return l->settings.lockdown
			       ? S("correct the host's setting 'disk' (partless-settings(5))")
			       : S("start an entry by hand, or correct the host's setting 'disk' "
				   "(partless-settings(5))");
	if (sum.damaged > 0)
		return S("look at the storage, or repair the file system (e2fsck, xfs_repair)");
	if (sum.entries > 0)
		return S("put the missing files there, correct the entries or attach the disks "
			 "that they name, or write /boot/partless.conf (partless.conf(5))");
	return install(l, &sum);
}
