/* One boot, planned: everything that can be known before the firmware is asked to start it. */
#include "loader/plan.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "config/pe.h"
#include "fs/volume.h"

/* A regular file that holds something, at most MOST bytes. Sentences follow the file's name. */
static enum status file_size(struct volume *v, struct str path, uint64_t most, struct report *r,
			     uint64_t *size)
{
	struct file_info info;
	enum status status = vol_info(v, path, &info);

	if (status != OK)
		return status;
	if (info.type == FILE_DIRECTORY)
		return fail(r, E_WRONG_TYPE, "is a directory");
	if (info.type != FILE_REGULAR)
		return fail(r, E_WRONG_TYPE, "is no regular file");
	if (info.size == 0)
		return fail(r, E_CORRUPT, "is empty");
	if (info.size > most)
		return fail(r, E_LIMIT, "has %lu bytes, at most %lu can be loaded", info.size,
			    most);
	*size = info.size;
	return OK;
}

/* What the program must be for its kind of entry. */
static enum status check_kind(const struct entry *e, const struct pe *pe, struct report *r)
{
	if (e->kind == ENTRY_EFI)
		return OK;
	if (!pe->linux_kernel && !pe->unified)
		return fail(r, E_WRONG_TYPE,
			    "is an EFI program, but no Linux kernel: start it with "
			    "'efi' instead of 'linux'");
	if (e->initrds > 0 && !pe->linux_kernel)
		return fail(
			r, E_UNSUPPORTED,
			"is a unified kernel image, which brings its own initrd: name no other");
	if (e->initrds > 0 && !pe->loads_initrd)
		return fail(r, E_UNSUPPORTED,
			    "is older than Linux 5.8 and cannot take an initrd from the loader");
	return OK;
}

/* Options reach the program as UTF-16, and a kernel turns them back: what is no UTF-8 cannot arrive
 * as it was written. */
static enum status check_options(struct str options, const struct pe *pe, struct report *r)
{
	size_t most =
		pe->linux_kernel && pe->cmdline_size < OPTIONS_MAX ? pe->cmdline_size : OPTIONS_MAX;

	if (options.n > most)
		return fail(r, E_LIMIT, "the options are %zu bytes long, %s takes at most %zu",
			    options.n, pe->linux_kernel ? "this kernel" : "a program", most);
	for (size_t at = 0, n; at < options.n; at += n) {
		uint32_t c = 0;

		n = utf8_decode((struct str){options.p + at, options.n - at}, &c);
		if (n == 0 || c == 0)
			return fail(r, E_SYNTAX, "byte %zu of the options is %s", at + 1,
				    n == 0 ? "not UTF-8" : "NUL");
	}
	return OK;
}

static enum status plan_program(const struct entry *e, struct report *r, struct plan *plan,
				struct pe *pe)
{
	uint8_t head[PE_HEAD];
	size_t n;
	enum status status = file_size(e->volume, e->kernel, KERNEL_MAX, r, &plan->kernel_size);

	if (status != OK)
		return status;
	n = plan->kernel_size < sizeof(head) ? (size_t)plan->kernel_size : sizeof(head);
	status = vol_read(e->volume, e->kernel, 0, head, n);
	if (status == OK)
		status = pe_check(head, n, plan->kernel_size, r, pe);
	return status == OK ? check_kind(e, pe, r) : status;
}

/* Where the initrd after END begins. Cannot overflow: END is INITRD_MAX at most. */
static uint64_t align_initrd(uint64_t end)
{
	return (end + INITRD_ALIGN - 1) / INITRD_ALIGN * INITRD_ALIGN;
}

static enum status plan_initrd(const struct entry *e, unsigned i, struct report *r,
			       struct plan *plan)
{
	uint64_t at = align_initrd(plan->initrd_total);
	enum status status =
		file_size(e->volume, e->initrd[i], INITRD_MAX, r, &plan->initrd_size[i]);

	if (status != OK)
		return status;
	if (at + plan->initrd_size[i] > INITRD_MAX)
		return fail(r, E_LIMIT, "the initrds have more than %lu bytes together",
			    INITRD_MAX);
	plan->initrd_total = at + plan->initrd_size[i];
	return OK;
}

enum status plan_boot(const struct entry *e, struct str options, struct report *r, struct plan *out)
{
	struct plan plan = {.entry = e, .options = options};
	size_t mark = report_mark(r);
	struct pe pe;
	enum status status;

	if (e->kernel.n == 0)
		return fail(r, E_NOT_FOUND, "%.*s", STR_ARG(e->problem));
	status = plan_program(e, r, &plan, &pe);
	if (status != OK)
		return fail_in(r, mark, status, "%s %.*s",
			       e->kind == ENTRY_LINUX ? "kernel" : "EFI program",
			       STR_ARG(e->kernel));
	for (unsigned i = 0; i < e->initrds; i++) {
		status = plan_initrd(e, i, r, &plan);
		if (status != OK)
			return fail_in(r, mark, status, "initrd %.*s", STR_ARG(e->initrd[i]));
	}
	status = check_options(options, &pe, r);
	if (status == OK)
		*out = plan;
	return status;
}

enum status plan_read_initrd(const struct plan *plan, void *buffer)
{
	const struct entry *e = plan->entry;
	uint64_t end = 0;

	for (unsigned i = 0; i < e->initrds; i++) {
		uint64_t at = align_initrd(end), size = plan->initrd_size[i];
		enum status status;

		memset((char *)buffer + end, 0, (size_t)(at - end));
		status = vol_read(e->volume, e->initrd[i], 0, (char *)buffer + at, (size_t)size);
		if (status != OK)
			return status;
		end = at + size;
	}
	return OK;
}
