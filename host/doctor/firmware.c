/* The firmware: is it UEFI, is it there, and does it start a loader that is not signed? */
#include "host/doctor/doctor.h"

#include <errno.h>
#include <string.h>

#include "config/image/processors.h"
#include "host/arch.h"
#include "host/platform.h"
#include "host/varstore.h"
#include "loader/vendors.h"

static const uint8_t efi_global[GUID_BYTES] = {/* 8be4df61-93ca-11d2-aa0d-00e098032b8c */
					       0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
					       0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c};

static const char sign_it[] =
	"choose firmware without Secure Boot: <feature enabled='no' name='secure-boot'/> and "
	"'enrolled-keys' in <firmware>, or sign the loader (partless-sign(1))";

static bool has(const char *text, const char *part)
{
	return text != NULL && strcasestr(text, part) != NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool is_bios(const struct domain *d)
{
	if (d->loader != NULL)
		return has(d->loader, "seabios") || strncmp(base_name(d->loader), "bios", 4) == 0;
	return d->firmware == NULL || strcmp(d->firmware, "efi") != 0;
}

/* Firmware's file is there, and its name is not that of the other processor's. */
static void examine_file(struct doctor *d, const char *loader)
{
	static struct host_file place;
	bool arm = guest_arch() == &arch_aarch64;
	int error = tree_walk(&d->tree, loader, NULL, NULL, &place);
	const char *name = base_name(loader);

	if (error == ENOENT || error == ENOTDIR)
		findings_add(&d->findings, FIND_FIRMWARE_MISSING, loader,
			     arm ? "install the firmware (Debian's package qemu-efi-aarch64)"
				 : "install the firmware (Debian's package ovmf)",
			     "<loader> names it, and it is not there");
	if (arm ? has(name, "ovmf") || has(name, "x86_64")
		: has(name, "aavmf") || has(name, "aarch64") || has(name, "qemu_efi"))
		findings_add(&d->findings, FIND_FIRMWARE_ARCH, loader,
			     arm ? "name AAVMF's file" : "name OVMF's file",
			     "it is firmware for another processor than the domain's, %s",
			     guest_arch()->name);
}

/* What the firmware's variables say: are there keys that programs are checked with? */
static enum said keys_in(struct doctor *d, const char *file)
{
	size_t mark = report_mark(&d->report);
	struct varstore *store = NULL;
	const struct variable *pk;
	enum said keys = UNSAID;

	if (varstore_open(file, &d->report, &store) == OK) {
		pk = varstore_get(store, efi_global, S("PK"));
		keys = pk != NULL && pk->data.n > 0 ? SAID_YES : SAID_NO;
	}
	report_rewind(&d->report, mark);
	varstore_close(store);
	return keys;
}

/* The guest's own variables, or the file that they will be made from. */
static enum said find_keys(struct doctor *d)
{
	const struct domain *domain = &d->domain;
	const char *files[] = {domain->nvram, domain->nvram_template};
	static struct host_file place;
	enum said keys = UNSAID;

	for (unsigned i = 0; i < 2 && keys == UNSAID; i++) {
		if (files[i] != NULL && tree_walk(&d->tree, files[i], NULL, NULL, &place) == 0)
			keys = keys_in(d, place.file);
	}
	if (keys == UNSAID)
		keys = domain->enrolled_keys;
	if (keys == UNSAID && (has(domain->nvram_template, ".ms.") || has(domain->loader, ".ms.")))
		keys = SAID_YES;
	return keys;
}

static void examine_secure_boot(struct doctor *d)
{
	const struct domain *domain = &d->domain;
	bool able = domain->loader_secure == SAID_YES || domain->secure_boot == SAID_YES ||
		    has(domain->loader, "secboot") || has(domain->loader, ".ms.") ||
		    has(domain->loader, "snakeoil");
	bool chosen = domain->loader == NULL && domain->secure_boot == UNSAID &&
		      domain->loader_secure != SAID_NO && domain->enrolled_keys != SAID_NO;
	enum said keys = find_keys(d);

	if (!d->has_loader || d->loader_signed)
		return;
	if (able && keys == SAID_YES)
		findings_add(&d->findings, FIND_SECURE_BOOT, "os", sign_it,
			     "the firmware has Secure Boot and keys, and the loader is not signed: "
			     "\"Access Denied\"");
	else if (able && keys == UNSAID)
		findings_add(&d->findings, FIND_SECURE_BOOT_MAYBE, "os", sign_it,
			     "the firmware has Secure Boot, and the loader is not signed: it is "
			     "refused if the firmware has keys");
	else if (chosen && keys != SAID_NO)
		findings_add(&d->findings, FIND_SECURE_BOOT_MAYBE, "os", sign_it,
			     "libvirt may choose firmware with Secure Boot, which refuses a loader "
			     "that is not signed");
}

/* The variables are there: the check of the disks reads them. */
static void read_variables(struct doctor *d, const char *nvram, const struct host_file *place)
{
	size_t mark = report_mark(&d->report);
	struct str why;

	if (platform_open_variables(place->file, &d->report) == OK)
		return;
	why = report_since(&d->report, mark);
	why.n = str_find(why, '\n');
	findings_add(&d->findings, FIND_NVRAM_UNREAD, nvram, "",
		     "what the guest asks for by its variables does not count here: %.*s",
		     STR_ARG(why));
	report_rewind(&d->report, mark);
}

static void examine_variables(struct doctor *d, const char *nvram)
{
	static struct host_file place;
	const char *format = d->domain.nvram_format;
	int error = tree_walk(&d->tree, nvram, NULL, NULL, &place);
	struct str folder = {nvram, (size_t)(base_name(nvram) - nvram)}, path;

	if (error == 0 && format != NULL && strcmp(format, "raw") != 0)
		findings_add(&d->findings, FIND_NVRAM_UNREAD, nvram,
			     "for an answer with them, use a raw copy: qemu-img convert -O raw, "
			     "then partless check --vars",
			     "what the guest asks for by its variables does not count here: it is "
			     "%s",
			     format);
	else if (error == 0)
		read_variables(d, nvram, &place);
	else if (error == EACCES)
		findings_add(&d->findings, FIND_NVRAM_UNREAD, nvram, "run this as root",
			     "what the guest asks for by its variables does not count here: "
			     "permission denied");
	else if (str_dup(&d->arena, folder, &path) &&
		 !str_eq(folder, S("/var/lib/libvirt/qemu/nvram/")) && /* libvirt makes it */
		 tree_walk(&d->tree, path.p, NULL, NULL, &place) == ENOENT)
		findings_add(&d->findings, FIND_NVRAM_DIRECTORY, nvram, "make the directory",
			     "<nvram> names it, and its directory is not there");
}

void doctor_firmware(struct doctor *d)
{
	const struct domain *domain = &d->domain;

	if (is_bios(domain)) {
		findings_add(&d->findings, FIND_NO_UEFI, "os",
			     "write <os firmware='efi'>, or name UEFI firmware as <loader>; see "
			     "the examples",
			     "the machine has a BIOS, and Partless needs UEFI firmware");
		return;
	}
	if (domain->loader != NULL)
		examine_file(d, domain->loader);
	if (domain->nvram != NULL)
		examine_variables(d, domain->nvram);
	examine_secure_boot(d);
}
