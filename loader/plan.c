/* One boot, planned: everything that can be known before the firmware is asked to start it. */
#include "loader/plan.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/utf16.h"
#include "base/utf8.h"
#include "config/image/arch.h"
#include "config/image/pe.h"
#include "fs/volume.h"
#include "loader/cmdline.h"
#include "loader/log.h"

#define STORAGE "look at the storage, or repair the file system (e2fsck, xfs_repair)"
#define REPLACE "put a whole file in its place, or correct the entry"
#define SMALLER "put a smaller file in its place, or correct the entry"

/* Notes what to do when reading the disk failed. A missing file leaves the note as it was. */
static enum status of_disk(struct plan *plan, enum status status)
{
	if (status == E_IO || status == E_CORRUPT)
		plan->what_to_do = STORAGE;
	else if (status != OK && status != E_NOT_FOUND && status != E_WRONG_TYPE)
		plan->what_to_do = NULL;
	return status;
}

/* Reports where a missing file leads to, if it is a symlink. */
static enum status missing(struct volume *v, struct str path, size_t mark, struct report *r)
{
	struct arena a = {0};
	struct str end = S("");
	enum status status = vol_link_end(v, path, &a, &end);

	if (status == OK)
		status = E_NOT_FOUND;
	if (end.n > 0) {
		report_rewind(r, mark);
		status = fail(r, status, "is a link to %.*s, which is not there", STR_ARG(end));
	}
	arena_free(&a);
	return status;
}

/* The size of a regular file that is not empty and has at most MOST bytes. The caller puts the
 * file's name before the report's sentence. */
static enum status file_size(struct plan *plan, struct str path, uint64_t most, struct report *r,
			     uint64_t *size)
{
	struct volume *v = plan->entry->volume;
	struct file_info info;
	size_t mark = report_mark(r);
	enum status status;

	plan->what_to_do = REPLACE;
	status = of_disk(plan, vol_info(v, path, &info));
	if (status == E_NOT_FOUND)
		return missing(v, path, mark, r);
	if (status != OK)
		return status;
	if (info.type == FILE_DIRECTORY)
		return fail(r, E_WRONG_TYPE, "is a directory");
	if (info.type != FILE_REGULAR)
		return fail(r, E_WRONG_TYPE, "is no regular file");
	if (info.size == 0)
		return fail(r, E_CORRUPT, "is empty");
	plan->what_to_do = SMALLER;
	if (info.size > most)
		return fail(r, E_LIMIT, "has %lu bytes, at most %lu can be loaded", info.size,
			    most);
	plan->what_to_do = REPLACE;
	*size = info.size;
	return OK;
}

/* Checks that the program is of the kind that the entry says. */
static enum status check_kind(struct plan *plan, const struct pe *pe, struct report *r)
{
	const struct entry *e = plan->entry;

	plan->what_to_do = NULL;
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
	return OK;
}

/* A text that is written to a buffer. N goes on counting past ROOM. */
struct counted {
	char *p;
	size_t room, n;
};

static void counted_add(struct counted *t, struct str s)
{
	if (s.n > 0 && t->n <= t->room && s.n <= t->room - t->n)
		memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
}

size_t plan_options(const struct plan *p, char *to, size_t room)
{
	struct counted t = {to, room, 0};
	struct str rest = p->options;

	if (!p->linux_kernel) {
		counted_add(&t, rest);
		return t.n;
	}
	/* At the front, because the kernel ignores what follows `--`. */
	if (p->initrd_by_file)
		counted_add(&t,
			    rest.n > 0 ? S("initrd=/" INITRD_NAME " ") : S("initrd=/" INITRD_NAME));
	while (rest.n > 0) {
		struct str word = cmdline_cut(&rest);

		if (!str_starts(word, S("initrd=")))
			counted_add(&t, word);
	}
	return t.n;
}

uint16_t *plan_options_utf16(const struct plan *p, size_t *bytes)
{
	size_t n = plan_options(p, NULL, 0), units;
	char *text = mem_alloc(n);
	uint16_t *made;

	if (text == NULL)
		return NULL;
	plan_options(p, text, n);
	units = utf16_from((struct str){text, n}, NULL, 0);
	*bytes = (units + 1) * sizeof(*made);
	made = mem_alloc(*bytes);
	if (made != NULL) {
		utf16_from((struct str){text, n}, made, units);
		made[units] = 0;
	}
	mem_free(text, n);
	return made;
}

/* Reports the host's part of options that are too long, unless a person edited them. */
static enum status too_long(struct plan *plan, const char *whose, size_t n, size_t most,
			    struct report *r)
{
	const struct entry *e = plan->entry;
	size_t host = str_eq(plan->options, e->options) ? e->host_options : 0;

	plan->what_to_do = host > n / 2 ? "shorten what the host says: options-append, "
					  "options-replace (partless-settings(5))"
					: "shorten the options";
	if (host > 0)
		return fail(r, E_LIMIT,
			    "the options are %zu bytes long, %zu of them the host's, %s takes at "
			    "most %zu",
			    n, host, whose, most);
	return fail(r, E_LIMIT, "the options are %zu bytes long, %s takes at most %zu", n, whose,
		    most);
}

/* Options reach the program as UTF-16, and a kernel turns them back to UTF-8. What is not UTF-8
 * cannot arrive as it was written. */
static enum status check_options(struct plan *plan, const struct pe *pe, struct report *r)
{
	struct str options = plan->options;
	size_t n = plan_options(plan, NULL, 0);
	size_t most =
		pe->linux_kernel && pe->cmdline_size < OPTIONS_MAX ? pe->cmdline_size : OPTIONS_MAX;

	if (n > most)
		return too_long(plan, pe->linux_kernel ? "this kernel" : "a program", n, most, r);
	plan->what_to_do = "save the file that the options come from as UTF-8";
	for (size_t at = 0; at < options.n; at += n) {
		uint32_t c = 0;

		n = utf8_decode((struct str){options.p + at, options.n - at}, &c);
		if (n == 0 || c == 0)
			return fail(r, E_SYNTAX, "byte %zu of the options is %s", at + 1,
				    n == 0 ? "not UTF-8" : "NUL");
	}
	plan->what_to_do = NULL;
	return OK;
}

static enum status check_program(struct plan *plan, struct report *r, struct pe *pe)
{
	const struct entry *e = plan->entry;
	uint8_t head[PE_HEAD];
	struct pe_file file = {head, sizeof(head), 0, r, e->volume, e->kernel};
	enum status status = file_size(plan, e->kernel, PE_MAX, r, &plan->kernel_size);

	if (status != OK)
		return status;
	file.size = plan->kernel_size;
	if (file.size < sizeof(head))
		file.n = (size_t)file.size;
	status = of_disk(plan, vol_read(e->volume, e->kernel, 0, head, file.n));
	if (status != OK)
		return status;
	status = guest_arch()->check(&file, pe);
	if (status == OK)
		return check_kind(plan, pe, r);
	if (status == E_UNSUPPORTED)
		plan->what_to_do = "start it on a machine that its kernel is for, or install a "
				   "kernel for EFI on this one";
	else if (status == E_IO)
		plan->what_to_do = STORAGE;
	return status;
}

static enum status plan_program(struct plan *plan, struct report *r, struct pe *pe)
{
	const struct entry *e = plan->entry;
	bool linux = e->kind == ENTRY_LINUX;
	struct log_step step;
	enum status status;

	log_step(&step, linux ? "kernel" : "program", r);
	if (e->kernel.n == 0) {
		status = fail(r, E_NOT_FOUND, "%.*s", STR_ARG(e->problem));
	} else {
		status = check_program(plan, r, pe);
		if (status != OK)
			status = fail_in(r, step.mark, status, "%s %.*s",
					 linux ? "kernel" : "EFI program", STR_ARG(e->kernel));
	}
	return log_step_end(&step, status);
}

static enum status check_initrd(struct plan *plan, unsigned i, struct report *r)
{
	uint64_t at = plan_align(plan->initrd_total);
	enum status status =
		file_size(plan, plan->entry->initrd[i], INITRD_MAX, r, &plan->initrd_size[i]);

	if (status != OK)
		return status;
	plan->what_to_do = SMALLER;
	if (at + plan->initrd_size[i] > INITRD_MAX)
		return fail(r, E_LIMIT, "the initrds have more than %lu bytes together",
			    INITRD_MAX);
	plan->initrd_total = at + plan->initrd_size[i];
	return OK;
}

static enum status plan_initrds(struct plan *plan, struct report *r)
{
	const struct entry *e = plan->entry;
	struct log_step step;
	enum status status = OK;

	log_step(&step, "initrd", r);
	for (unsigned i = 0; i < e->initrds && status == OK; i++) {
		status = check_initrd(plan, i, r);
		if (status != OK)
			status =
				fail_in(r, step.mark, status, "initrd %.*s", STR_ARG(e->initrd[i]));
	}
	return log_step_end(&step, status);
}

static enum status plan_entry(struct plan *plan, struct report *r)
{
	const struct entry *e = plan->entry;
	struct log_step step;
	struct pe pe = {0};
	enum status status = plan_program(plan, r, &pe);

	if (status == OK)
		status = plan_initrds(plan, r);
	if (status != OK)
		return status;
	plan->linux_kernel = e->kind == ENTRY_LINUX && pe.linux_kernel;
	plan->initrd_by_file = e->initrds > 0 && !pe.loads_initrd;
	log_step(&step, "options", r);
	return log_step_end(&step, check_options(plan, &pe, r));
}

enum status plan_boot(const struct entry *e, struct str options, struct report *r, struct plan *out)
{
	struct plan plan = {.entry = e, .options = options};
	enum status status = plan_entry(&plan, r);

	if (status == OK)
		*out = plan;
	else
		*out = (struct plan){.what_to_do = plan.what_to_do};
	return status;
}
