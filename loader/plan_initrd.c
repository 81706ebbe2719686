/* The initrds of a boot, handed over as one while the kernel runs already. */
#include "base/mem.h"
#include "config/image/initrd.h"
#include "fs/volume.h"
#include "loader/console.h"
#include "loader/log.h"
#include "loader/plan.h"
#include "loader/progress.h"

/* The bytes from AT up to END, but not beyond STOP. */
static size_t until(uint64_t at, uint64_t end, uint64_t stop)
{
	return at >= end ? 0 : (size_t)((end < stop ? end : stop) - at);
}

/* Reports initrd I if the kernel cannot unpack it, because the kernel does not say so and panics
 * later. HEAD has its first N bytes; if they are too few to tell, nothing is reported. */
static void check_head(const struct plan *plan, unsigned i, const char *head, size_t n)
{
	const struct entry *e = plan->entry;
	struct report *r = e->volume->report;
	size_t mark = report_mark(r);

	if ((n < INITRD_HEAD && n < plan->initrd_size[i]) || initrd_is_known(head, n))
		return;
	note(r, "initrd %.*s on %.*s " INITRD_UNKNOWN "; let the guest make it anew",
	     STR_ARG(e->initrd[i]), STR_ARG(e->volume->name));
	progress_stop(); /* the file may have a line that goes on */
	console_write(report_since(r, mark));
	if (!log_line("remark"))
		return;
	log_text("disk", e->volume->name);
	log_text("file", e->initrd[i]);
	log_word("initrd", "unknown");
	log_end();
}

static enum status read_joined(const struct plan *plan, uint64_t offset, void *to, size_t bytes)
{
	const struct entry *e = plan->entry;
	uint64_t at = offset, stop = offset + bytes, end = 0;

	for (unsigned i = 0; i < e->initrds && at < stop; i++) {
		uint64_t begin = plan_align(end);
		size_t gap = until(at, begin, stop), n;
		bool first;
		enum status status;

		memset((char *)to + (at - offset), 0, gap);
		at += gap;
		end = begin + plan->initrd_size[i];
		n = until(at, end, stop);
		if (n == 0)
			continue;
		first = at == begin;
		status = progress_read(e->volume, e->initrd[i], plan->initrd_size[i], at - begin,
				       (char *)to + (at - offset), n);
		if (status != OK)
			return status;
		if (first)
			check_head(plan, i, (char *)to + (at - offset), n);
		at += n;
	}
	return OK;
}

enum status plan_read_initrd(const struct plan *plan, uint64_t offset, void *to, size_t bytes)
{
	static struct log_step step; /* goes on when the kernel asks for the initrd in parts */
	enum status status;

	if (plan->held != NULL) {
		memcpy(to, (const char *)plan->held + offset, bytes);
		return OK;
	}
	if (offset == 0 || step.name == NULL)
		log_step(&step, "initrd", plan->entry->volume->report);
	else
		log_step_again(&step);
	status = read_joined(plan, offset, to, bytes);
	if (status == OK && offset + bytes >= plan->initrd_total && log_done()) {
		log_number("bytes", plan->initrd_total);
		log_end();
	}
	return log_step_end(&step, status);
}
