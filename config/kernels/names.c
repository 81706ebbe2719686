/* Finds kernels and their initrds by the names that distributions give them. */
#include "base/arena.h"
#include "base/fmt.h"
#include "config/image/initrd.h"
#include "config/kernels/impl.h"
#include "config/lines/path.h"
#include "config/lines/text.h"
#include "config/lines/version.h"
#include "fs/volume.h"

/* Bytes of the path of an initrd; a name has at most 255. */
#define PATH_BYTES 400

/* What stands before a kernel's version, or is its whole name. "kernel" alone may be anything. No
 * "vmlinux": GRUB takes it for a kernel on Arm, but there it is an ELF file as elsewhere. */
#define IMAGE "Image" /* Linux's own name on Arm */
static const char prefixes[][8] = {"vmlinuz", "bzImage", "kernel", IMAGE};

/* The ends of other files that package managers and signers leave beside a kernel. */
static const char leftovers[][12] = {
	".hmac",    ".sig",    ".sha512hmac", ".dpkg-new", ".dpkg-old", ".dpkg-tmp", ".dpkg-bak",
	".rpmsave", ".rpmnew", ".bak",        ".img",      ".conf",     ".config",   ".efi.signed",
	".new",     ".tmp",    ".apk-new",    ".pacnew",   ".pacsave",  ".old-dkms"};

/* The name of an initrd: what stands before and behind the version. */
static const struct initrd_name {
	char before[28], after[14];
} initrds[] = {
	{"initrd.img", ""},
	{"initramfs", ".img"},
	{"initrd", ""},
	{"initrd", ".img"},
	{"initramfs", ""},
	{"initramfs-genkernel-x86_64", ""},
	{"initramfs-genkernel-x86_64", ".img"},
	{"initramfs-genkernel-arm64", ""},
	{"initramfs-genkernel-aarch64", ""}, /* GRUB looks for this */
	{"initramfs-genkernel", ""},
	{"initrd", ".gz"},
	{"initramfs", "-fallback.img"},
};

/* Names of an initrd in /lib/modules/VERSION, beside the kernel. */
static const char beside[][14] = {"initramfs.img", "initrd", "initrd.img", "initramfs"};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool kernel_is_named(struct str name, struct str *version)
{
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(*leftovers); i++) {
		if (str_ends(name, str_of(leftovers[i])))
			return false;
	}
	/* rpm writes NAME;NUMBER before it gives the file its name. */
	if (str_find(name, ';') < name.n)
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		struct str prefix = str_of(prefixes[i]), rest = name;

		if (!str_cut_prefix(&rest, prefix))
			continue;
		if (rest.n == 0 ? prefix.p[0] == 'k'
				: rest.p[0] != '-' && !str_eq(rest, S(".old")) &&
					  !str_eq(name, S(IMAGE ".gz")))
			continue;
		*version = rest;
		return true;
	}
	return false;
}

enum status kernel_version_of(struct parse *p, struct str path, struct str *version)
{
	struct str folder = path_name(path_directory(path)), found;

	*version = S("");
	if (!kernel_is_named(path_name(path), &found))
		return OK;
	if (found.n > 0 || folder.n == 0 || !is_digit(folder.p[0])) {
		*version = found;
		return OK;
	}
	if (!str_fmt(p->arena, version, "-%.*s", STR_ARG(folder)))
		return parse_no_memory(p);
	return OK;
}

struct str kernel_number(struct str version)
{
	for (size_t i = 0; i + 1 < version.n; i++) {
		if (version.p[i] == '-' && is_digit(version.p[i + 1]))
			return str_skip(version, i);
	}
	return S("");
}

/* The kind of a kernel, the first in the menu being 0: with a number, without one, an older one
 * that was kept or a packed copy, a rescue image. */
static unsigned rank(const struct kernel *k)
{
	if (text_find(k->version, S("rescue")) < k->version.n)
		return 3;
	if (str_ends(k->version, S(".old")) || str_eq(k->version, S(".gz")))
		return 2;
	return kernel_number(k->version).n == 0;
}

bool kernel_comes_after(const struct kernel *a, const struct kernel *b)
{
	int order = (int)rank(b) - (int)rank(a);

	if (order == 0)
		order = version_compare(kernel_number(a->version), kernel_number(b->version));
	if (order == 0)
		order = version_compare(a->version, b->version);
	return order < 0;
}

/* Makes FOLDER/NAME the kernel's initrd if it exists and is better than what was found. */
static enum status consider(struct parse *p, struct str folder, struct str name, struct kernel *k)
{
	char text[PATH_BYTES];
	struct str path = {text, 0};
	size_t mark = report_mark(p->report);
	struct file_info info = {0};
	const char *fault;
	enum status status;

	path.n = fmt(text, sizeof(text), "%.*s%s%.*s", STR_ARG(folder),
		     str_ends(folder, S("/")) ? "" : "/", STR_ARG(name));
	if (path.n > sizeof(text) || (k->initrd.n > 0 && k->fault == NULL))
		return OK;
	status = vol_info(p->volume, path, &info);
	if (status == E_NO_MEMORY)
		return status;
	report_rewind(p->report, mark);
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE || info.type == FILE_DIRECTORY)
		return OK;
	fault = initrd_fault(p->volume, path);
	if (k->initrd.n > 0 && fault != NULL)
		return OK;
	k->fault = fault;
	if (!str_dup(p->arena, path, &k->initrd))
		return parse_no_memory(p);
	return OK;
}

static enum status consider_name(struct parse *p, struct str folder, const struct initrd_name *name,
				 struct str version, struct kernel *k)
{
	char text[PATH_BYTES];
	bool old = str_eq(version, S(".old"));
	size_t n = fmt(text, sizeof(text), "%s%.*s%s%s", name->before,
		       STR_ARG(old ? S("") : version), name->after, old ? ".old" : "");

	return n <= sizeof(text) ? consider(p, folder, (struct str){text, n}, k) : OK;
}

enum status kernel_find_initrd(struct parse *p, struct str folder, struct kernel *k)
{
	struct str version = k->version, number = kernel_number(version), kept = S("");
	bool flavour = number.n > 0 && number.n < version.n;
	enum status status = OK;

	/* A kernel of the same version that was replaced was kept as ".old". */
	if (number.n > 0 && str_ends(version, S(".old")))
		kept = (struct str){version.p, version.n - 4};

	const struct str names[] = {version, kept, flavour ? number : S(""), k->linked};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (i > 0 && names[i].n == 0)
			continue;
		for (size_t j = 0; j < sizeof(initrds) / sizeof(*initrds) && status == OK; j++)
			status = consider_name(p, folder, &initrds[j], names[i], k);
	}
	/* Slackware has one initrd for whichever kernel uses it, and so has Arch Linux on Arm. */
	if (status == OK && flavour)
		status = consider(p, folder, S("initrd.gz"), k);
	if (status == OK && number.n == 0 && str_starts(k->name, S(IMAGE)))
		status = consider(p, folder, S("initramfs-linux.img"), k);
	return status;
}

enum status kernel_find_initrd_beside(struct parse *p, struct str folder, struct kernel *k)
{
	enum status status = OK;

	for (size_t i = 0; i < sizeof(beside) / sizeof(*beside) && status == OK; i++)
		status = consider(p, folder, str_of(beside[i]), k);
	return status;
}
