/* The loader's directory: what QEMU shows the guest as a disk. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config/image/processors.h"
#include "host/arch.h"
#include "host/doctor/doctor.h"

/* How deep a directory is looked at, and at how many files. */
#define DEPTH_MAX 8
#define FILES_MAX 1000

/* A look into the directory. */
struct look {
	struct doctor *d;
	struct str directory; /* without symlinks */
	const char *loader;   /* of this processor, below the directory */
	struct str files[2];  /* the paths of that, and of one that shim starts; "" if missing */
	unsigned count;
	bool refused; /* a folder cannot be read, or by AppArmor's rules; it was told */
};

static const char *loader_name(void)
{
	return guest_arch() == &arch_aarch64 ? "EFI/BOOT/BOOTAA64.EFI" : "EFI/BOOT/BOOTX64.EFI";
}

static const char *second_name(void)
{
	return guest_arch() == &arch_aarch64 ? "EFI/BOOT/grubaa64.efi" : "EFI/BOOT/grubx64.efi";
}

const struct domain_disk *doctor_directory(const struct doctor *d)
{
	for (unsigned i = 0; i < d->domain.disks_count; i++) {
		if (strcmp(d->domain.disks[i].type, "dir") == 0)
			return &d->domain.disks[i];
	}
	return NULL;
}

/* What libvirt wants of such a disk. */
static void examine_element(struct doctor *d, const struct domain_disk *disk)
{
	const char *where = doctor_name(d, disk);

	if (disk->format == NULL || strcmp(disk->format, "fat") != 0)
		findings_add(&d->findings, FIND_NOT_FAT, where,
			     "write <driver name='qemu' type='fat'/>",
			     "libvirt wants the type fat of a directory");
	if (!disk->readonly)
		findings_add(&d->findings, FIND_NOT_READONLY, where, "add <readonly/>",
			     "libvirt wants a directory to be read-only");
	if (strcmp(disk->bus, "usb") == 0 && d->domain.no_usb)
		findings_add(&d->findings, FIND_NO_USB, where,
			     "write <controller type='usb' model='qemu-xhci'/>",
			     "it is on USB, and the machine has no USB controller");
	if (d->domain.emulator != NULL && strcmp(d->domain.emulator, "/usr/libexec/qemu-kvm") == 0)
		findings_add(&d->findings, FIND_NO_VVFAT, where,
			     "name the loader as <kernel>, or put it on a disk with FAT",
			     "the emulator, RHEL's %s, has no directory disks", d->domain.emulator);
}

/* The rules that let QEMU read the directory and all below it, or one file elsewhere. */
static const char *missing_rules(struct look *l, const char *path)
{
	struct str where = str_of(path), made;
	bool made_it;

	if (l->directory.n > 0 && str_starts(where, l->directory))
		made_it = str_fmt(&l->d->arena, &made,
				  "add \"%.*s/ r,\" and \"%.*s/** r,\" to "
				  "/etc/apparmor.d/local/abstractions/libvirt-qemu",
				  STR_ARG(l->directory), STR_ARG(l->directory));
	else
		made_it = str_fmt(&l->d->arena, &made,
				  "add \"%s r,\" to "
				  "/etc/apparmor.d/local/abstractions/libvirt-qemu",
				  path);
	return made_it ? made.p : "";
}

/* The user cannot read it, or AppArmor does not let QEMU: says so, and returns false. IS_VITAL: the
 * guest does not boot then. */
static bool examine_rights(struct look *l, const struct host_file *at, bool is_vital)
{
	struct doctor *d = l->d;
	bool folder = S_ISDIR(at->st.st_mode), may = true;
	struct str path;

	if (d->knows_user && !reader_may(&d->user, at, folder ? R_OK | X_OK : R_OK)) {
		findings_add(&d->findings,
			     is_vital ? FIND_DIRECTORY_UNREADABLE : FIND_FILE_UNREADABLE, at->real,
			     folder ? "chmod a+rx it" : "chmod a+r it",
			     "QEMU's user, %s, cannot read it", d->user.name);
		may = false;
	}
	if (d->apparmor && str_fmt(&d->arena, &path, folder ? "%s/" : "%s", at->real) &&
	    !apparmor_lets(d->rules, path.p)) {
		findings_add(&d->findings, is_vital ? FIND_DIRECTORY_APPARMOR : FIND_FILE_APPARMOR,
			     path.p, missing_rules(l, path.p),
			     "no rule of AppArmor lets QEMU read it");
		may = false;
	}
	l->refused |= is_vital && !may;
	return may;
}

/* The same for a file, which may be a symlink to elsewhere. */
static void examine_file(struct look *l, const char *path, const struct host_file *at,
			 bool is_vital)
{
	struct doctor *d = l->d;
	struct host_file way;

	if (d->knows_user && reader_walk(&d->user, path, &way) == EACCES &&
	    !reader_may(&d->user, &way, X_OK))
		(void)examine_rights(l, &way, is_vital);
	else
		(void)examine_rights(l, at, is_vital);
	doctor_changed(d, path, at->st.st_ctim.tv_sec);
}

static void look_into(struct look *l, struct str path, struct str below, unsigned depth);

/* Looks at the file or folder PATH; BELOW is its path below the loader's directory. */
static void look_at(struct look *l, struct str path, struct str below, unsigned depth)
{
	struct host_file at;
	bool loader = strcasecmp(below.p, l->loader) == 0;

	if (tree_walk(&l->d->tree, path.p, NULL, NULL, &at) != 0)
		return; /* a link that leads nowhere: QEMU leaves it out */
	if (S_ISDIR(at.st.st_mode)) {
		if (examine_rights(l, &at, true))
			look_into(l, path, below, depth + 1);
		return;
	}
	if (loader)
		l->files[0] = path;
	else if (strcasecmp(below.p, second_name()) == 0)
		l->files[1] = path;
	examine_file(l, path.p, &at, loader);
}

static void look_into(struct look *l, struct str path, struct str below, unsigned depth)
{
	struct doctor *d = l->d;
	struct host_file at;
	const struct dirent *e;
	DIR *dir = NULL;

	if (depth <= DEPTH_MAX && tree_walk(&d->tree, path.p, NULL, NULL, &at) == 0)
		dir = opendir(at.file);
	if (dir == NULL) {
		findings_add(&d->findings, FIND_UNREAD, path.p, "run this as root",
			     "what is in the directory cannot be told");
		l->refused = true;
		return;
	}
	while (l->count < FILES_MAX && (e = readdir(dir)) != NULL) {
		struct str file, name;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		l->count++;
		if (str_fmt(&d->arena, &file, "%.*s/%s", STR_ARG(path), e->d_name) &&
		    str_fmt(&d->arena, &name, "%.*s%s%s", STR_ARG(below), below.n > 0 ? "/" : "",
			    e->d_name))
			look_at(l, file, name, depth);
	}
	closedir(dir);
}

/* A file that is not Partless may be shim, which starts the one beside it. */
static void examine_files(struct look *l, const char *directory)
{
	struct doctor *d = l->d;
	struct str why = S("");
	enum status status;

	if (l->files[0].n == 0) {
		if (!l->refused)
			findings_add(&d->findings, FIND_LOADER_MISSING, directory,
				     "install Debian's package partless-efi, or make install",
				     "it has no %s, which the firmware looks for", l->loader);
		return;
	}
	if (l->files[1].n > 0 && doctor_read_loader(d, l->files[1].p, &why) == OK)
		return;
	status = doctor_read_loader(d, l->files[0].p, &why);
	if (status != OK && status != E_DENIED)
		findings_add(&d->findings, FIND_LOADER_FOREIGN, l->files[0].p,
			     "put the loader for this processor there (partless check --loader)",
			     "%.*s", STR_ARG(why));
}

/* The way to the directory, and the directory itself. */
static bool reach(struct look *l, const char *path)
{
	struct doctor *d = l->d;
	struct host_file at;
	int error = tree_walk(&d->tree, path, NULL, NULL, &at);

	if (error == EACCES)
		findings_add(&d->findings, FIND_UNREAD, path, "run this as root",
			     "what is in the directory cannot be told: permission denied");
	else if (error != 0 || !S_ISDIR(at.st.st_mode))
		findings_add(&d->findings, FIND_DIRECTORY_MISSING, path,
			     "install Debian's package partless-efi, or name the loader's "
			     "directory",
			     error != 0 ? "there is no such directory" : "it is no directory");
	if (error != 0 || !S_ISDIR(at.st.st_mode))
		return false;
	if (d->apparmor && apparmor_refuses(at.real))
		findings_add(&d->findings, FIND_APPARMOR_REFUSES, path,
			     "move it, to /var/lib for example",
			     "with AppArmor, libvirt starts no guest that names what lies there");
	if (d->knows_user && reader_walk(&d->user, path, &at) == EACCES && S_ISDIR(at.st.st_mode) &&
	    !reader_may(&d->user, &at, X_OK)) {
		findings_add(&d->findings, FIND_DIRECTORY_UNREADABLE, at.real, "chmod a+x it",
			     "QEMU's user, %s, cannot enter it, on the way to %s", d->user.name,
			     path);
		return false;
	}
	(void)str_dup(&d->arena, str_of(at.real), &l->directory);
	return examine_rights(l, &at, true);
}

void doctor_loader(struct doctor *d)
{
	const struct domain_disk *disk = doctor_directory(d);
	struct look look = {
		.d = d, .directory = S(""), .loader = loader_name(), .files = {S(""), S("")}};

	if (disk == NULL)
		return;
	examine_element(d, disk);
	if (disk->source == NULL || !reach(&look, disk->source))
		return;
	look_into(&look, str_of(disk->source), S(""), 0);
	examine_files(&look, disk->source);
	d->args.tree = &d->tree;
	d->args.directory = disk->source;
}
