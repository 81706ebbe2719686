/* A program into memory. Not in place: newer firmware for Arm lets no memory be executed that no
 * section of a program calls code. */
#include "efi/image.h"

#include "config/image/gzip.h"
#include "loader/log.h"
#include "loader/plan.h"

/* The line of the step tells how long it took. A failure is told as one of the step around it. */
static enum status unpack(const struct plan *p, struct report *report, struct image *image)
{
	struct log_step step;
	enum status status;

	log_step(&step, "unpack", report);
	status = gzip_unpack(&image->file, &image->bytes, report);
	if (status == OK && log_done()) {
		log_number("bytes", image->bytes);
		log_end();
	}
	(void)log_step_end(&step, OK);
	if (status != OK)
		status = fail_in(report, step.mark, status, "kernel %.*s",
				 STR_ARG(p->entry->kernel));
	if (status == E_CORRUPT)
		note(report, "put a whole file in its place");
	return status;
}

enum status image_read(const struct plan *p, EFI_DEVICE_PATH *path, struct report *report,
		       struct image *image)
{
	enum status status = image_read_file(p, report, image);

	(void)path;
	return status == OK && gzip_is(image->file, image->bytes) ? unpack(p, report, image)
								  : status;
}
