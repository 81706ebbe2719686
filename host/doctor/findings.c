/* What `doctor` found. */
#include "host/doctor/findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/fmt.h"
#include "host/json.h"
#include "host/menu.h"

/* The most bytes of what is wrong. */
#define WHAT_MAX 2048

static const struct {
	const char *word;
	enum severity severity;
} codes[FINDINGS] = {
	[FIND_WRONG_TYPE] = {"wrong-type", FOUND_ERROR},
	[FIND_NO_KVM] = {"no-kvm", FOUND_ERROR},
	[FIND_LITTLE_MEMORY] = {"little-memory", FOUND_ERROR},
	[FIND_NO_CONSOLE] = {"no-console", FOUND_REMARK},
	[FIND_NO_UEFI] = {"no-uefi", FOUND_ERROR},
	[FIND_FIRMWARE_MISSING] = {"firmware-missing", FOUND_ERROR},
	[FIND_FIRMWARE_ARCH] = {"firmware-arch", FOUND_ERROR},
	[FIND_SECURE_BOOT] = {"secure-boot", FOUND_ERROR},
	[FIND_SECURE_BOOT_MAYBE] = {"secure-boot-maybe", FOUND_REMARK},
	[FIND_NVRAM_DIRECTORY] = {"nvram-directory", FOUND_ERROR},
	[FIND_NVRAM_UNREAD] = {"nvram-unread", FOUND_REMARK},
	[FIND_NO_LOADER] = {"no-loader", FOUND_ERROR},
	[FIND_DIRECTORY_MISSING] = {"directory-missing", FOUND_ERROR},
	[FIND_DIRECTORY_UNREADABLE] = {"directory-unreadable", FOUND_ERROR},
	[FIND_DIRECTORY_APPARMOR] = {"directory-apparmor", FOUND_ERROR},
	[FIND_FILE_UNREADABLE] = {"file-unreadable", FOUND_REMARK},
	[FIND_FILE_APPARMOR] = {"file-apparmor", FOUND_REMARK},
	[FIND_APPARMOR_REFUSES] = {"apparmor-refuses", FOUND_ERROR},
	[FIND_LOADER_MISSING] = {"loader-missing", FOUND_ERROR},
	[FIND_LOADER_FOREIGN] = {"loader-foreign", FOUND_ERROR},
	[FIND_NOT_READONLY] = {"not-readonly", FOUND_ERROR},
	[FIND_MEDIUM_WRITABLE] = {"medium-writable", FOUND_REMARK},
	[FIND_MEDIUM_TRANSIENT] = {"medium-transient", FOUND_REMARK},
	[FIND_NOT_FAT] = {"not-fat", FOUND_ERROR},
	[FIND_WRONG_BUS] = {"wrong-bus", FOUND_ERROR},
	[FIND_NO_USB] = {"no-usb", FOUND_ERROR},
	[FIND_NO_VVFAT] = {"no-vvfat", FOUND_ERROR},
	[FIND_TWO_ORDERS] = {"two-orders", FOUND_ERROR},
	[FIND_NOT_IN_ORDER] = {"not-in-order", FOUND_ERROR},
	[FIND_NOT_FIRST] = {"not-first", FOUND_REMARK},
	[FIND_FILES_CHANGED] = {"files-changed", FOUND_REMARK},
	[FIND_USER_UNKNOWN] = {"user-unknown", FOUND_REMARK},
	[FIND_KERNEL_MISSING] = {"kernel-missing", FOUND_ERROR},
	[FIND_KERNEL_UNREADABLE] = {"kernel-unreadable", FOUND_ERROR},
	[FIND_KERNEL_FOREIGN] = {"kernel-foreign", FOUND_ERROR},
	[FIND_KERNEL_INITRD] = {"kernel-initrd", FOUND_REMARK},
	[FIND_TWO_LOADERS] = {"two-loaders", FOUND_REMARK},
	[FIND_NO_DISK] = {"no-disk", FOUND_ERROR},
	[FIND_DISK_MISSING] = {"disk-missing", FOUND_ERROR},
	[FIND_DISK_UNREADABLE] = {"disk-unreadable", FOUND_ERROR},
	[FIND_UNREAD] = {"unread", FOUND_UNKNOWN},
	[FIND_DISK_ORDER] = {"disk-order", FOUND_REMARK},
	[FIND_DISK_BUS] = {"disk-bus", FOUND_ERROR},
	[FIND_DISK_UNIT] = {"disk-unit", FOUND_ERROR},
	[FIND_SETTING] = {"setting", FOUND_REMARK},
};

static const char *const severities[] = {
	[FOUND_ERROR] = "error", [FOUND_UNKNOWN] = "unknown", [FOUND_REMARK] = "remark"};

void findings_add(struct findings *f, enum finding_code code, const char *where, const char *cure,
		  const char *text, ...)
{
	struct finding *made = arena_array(&f->arena, 1, sizeof(*made));
	char what[WHAT_MAX];
	size_t n;
	va_list args;

	va_start(args, text);
	n = fmt_va(what, sizeof(what), text, args);
	va_end(args);
	n = n < sizeof(what) ? n : sizeof(what);
	f->count[codes[code].severity]++;
	if (made == NULL || !str_dup(&f->arena, (struct str){what, n}, &made->what) ||
	    !str_dup(&f->arena, str_of(where), &made->where) ||
	    !str_dup(&f->arena, str_of(cure), &made->cure)) {
		f->no_memory = true;
		return;
	}
	made->code = code;
	if (f->end == NULL)
		f->end = &f->first;
	*f->end = made;
	f->end = &made->next;
}

void findings_free(struct findings *f)
{
	arena_free(&f->arena);
}

static void print_one(const struct finding *f)
{
	printf("%-8s ", severities[codes[f->code].severity]);
	menu_print(f->where);
	printf(": ");
	menu_print(f->what);
	if (f->cure.n > 0)
		printf("; ");
	menu_print(f->cure);
	printf(" [%s]\n", codes[f->code].word);
}

void findings_print(const struct findings *f)
{
	for (unsigned severity = FOUND_ERROR; severity <= FOUND_REMARK; severity++) {
		for (const struct finding *i = f->first; i != NULL; i = i->next) {
			if (codes[i->code].severity == severity)
				print_one(i);
		}
	}
}

void findings_print_json(const struct findings *f)
{
	putchar('[');
	for (const struct finding *i = f->first; i != NULL; i = i->next) {
		printf("%s{\"code\": \"%s\", \"severity\": \"%s\", \"where\": ",
		       i == f->first ? "\n  " : ",\n  ", codes[i->code].word,
		       severities[codes[i->code].severity]);
		json_string(stdout, i->where);
		printf(", \"what\": ");
		json_string(stdout, i->what);
		printf(", \"what_to_do\": ");
		json_string_or_null(stdout, i->cure);
		putchar('}');
	}
	putchar(']');
}
