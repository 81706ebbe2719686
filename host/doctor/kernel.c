/* The loader as the machine's kernel, and whether a file is the loader at all. */
#include <errno.h>
#include <unistd.h>

#include "host/doctor/doctor.h"
#include "host/loader_file.h"

/* The last line of TEXT, which has the cause. */
static struct str last_line(struct str text)
{
	struct str last = S("");

	while (text.n > 0) {
		struct str line = str_trim(str_cut(&text, '\n'));

		last = line.n > 0 ? line : last;
	}
	return last;
}

/* The caller may read the file, or it was said that they may not. */
static bool may_read(struct doctor *d, const char *path, struct host_file *at)
{
	if (tree_walk(&d->tree, path, NULL, NULL, at) != EACCES && access(at->file, R_OK) == 0)
		return true;
	findings_add(&d->findings, FIND_UNREAD, path, "run this as root",
		     "it cannot be told whether this is the loader: permission denied");
	return false;
}

enum status doctor_read_loader(struct doctor *d, const char *path, struct str *why)
{
	size_t mark = report_mark(&d->report);
	struct loader_file file;
	struct host_file at;
	enum status status;

	if (!may_read(d, path, &at))
		return E_DENIED;
	status = loader_file_read(at.file, &d->report, &file);
	if (status == OK) {
		status = loader_file_check(&file, path, &d->report);
		d->loader_signed = status == OK && file.is_signed;
		loader_file_free(&file);
	}
	if (!str_dup(&d->arena, last_line(report_since(&d->report, mark)), why))
		status = E_NO_MEMORY;
	report_rewind(&d->report, mark);
	d->has_loader |= status == OK;
	return status;
}

/* The way to the file, and the file. */
static void examine_kernel(struct doctor *d, const char *kernel)
{
	struct host_file at;
	int error = d->knows_user ? reader_walk(&d->user, kernel, &at)
				  : tree_walk(&d->tree, kernel, NULL, NULL, &at);
	struct str why = S("");
	enum status status;

	if (error == ENOENT || error == ENOTDIR) {
		findings_add(&d->findings, FIND_KERNEL_MISSING, kernel,
			     "install Debian's package partless-efi, or name the loader",
			     "<kernel> names it, and it is not there");
		return;
	}
	if (d->knows_user &&
	    (error == EACCES || (d->keeps_owners && !reader_may(&d->user, &at, R_OK))))
		findings_add(&d->findings, FIND_KERNEL_UNREADABLE, at.real,
			     error == EACCES ? "chmod a+x it" : "chmod a+r it",
			     "QEMU's user, %s, cannot %s it", d->user.name,
			     error == EACCES ? "enter" : "read");
	if (d->apparmor && apparmor_refuses(at.real))
		findings_add(&d->findings, FIND_APPARMOR_REFUSES, kernel,
			     "name a copy elsewhere, in /var/lib for example",
			     "with AppArmor, libvirt starts no guest that names what lies there");
	status = doctor_read_loader(d, kernel, &why);
	if (status != OK && status != E_DENIED)
		findings_add(&d->findings, FIND_KERNEL_FOREIGN, kernel,
			     "name the loader for this processor as <kernel>, or take <kernel> out",
			     "%.*s", STR_ARG(why));
}

void doctor_kernel(struct doctor *d)
{
	const struct domain *domain = &d->domain;

	if (domain->kernel == NULL)
		return;
	examine_kernel(d, domain->kernel);
	if (domain->initrd != NULL)
		findings_add(&d->findings, FIND_KERNEL_INITRD, domain->initrd, "take <initrd> out",
			     "Partless does not use it: each guest has its own");
	if (doctor_directory(d) != NULL)
		findings_add(&d->findings, FIND_TWO_LOADERS, "devices",
			     "take <kernel> or the directory's disk out",
			     "the loader comes twice: the firmware starts <kernel> first, which "
			     "does not read the directory's partless.conf");
}
