/* Starting a program: its options, the initrd, StartImage; and what follows if it comes back. */
#include "loader/platform.h"

#include "base/mem.h"
#include "efi/disks.h"
#include "efi/efi.h"
#include "efi/image.h"
#include "efi/initrd.h"
#include "efi/initrd_file.h"
#include "efi/path.h"
#include "efi/platform.h"
#include "loader/interface/publish.h"
#include "loader/log.h"
#include "loader/measure.h"
#include "loader/plan.h"
#include "loader/progress.h"

/* To what the firmware's boot manager sets the watchdog before it starts a program. */
#define WATCHDOG_SECONDS 300

static const struct loader *loader;
static EFI_HANDLE own_device;

void platform_init(const struct loader *l, EFI_HANDLE own)
{
	loader = l;
	own_device = own;
}

void platform_wait(void)
{
	boot_services->SetWatchdogTimer(0, 0, 0, NULL);
}

void platform_reset(bool off)
{
	system_table->RuntimeServices->ResetSystem(off ? EfiResetShutdown : EfiResetCold,
						   EFI_SUCCESS, 0, NULL);
}

/* Offers the initrds to the program LOADED, in the way that it understands. */
static enum status offer(const struct plan *p, EFI_LOADED_IMAGE *loaded, struct report *report)
{
	return p->initrd_by_file ? initrd_file_offer(p, report, &loaded->DeviceHandle)
				 : initrd_offer(p, report);
}

static void withdraw(void)
{
	initrd_file_withdraw();
	initrd_withdraw();
}

static void log_how(const struct plan *p)
{
	if (!log_line("start"))
		return;
	log_word("initrd", p->initrd_by_file     ? "file"
			   : p->initrd_total > 0 ? "load-file2"
						 : "none");
	log_text("options", p->options);
	log_end();
}

/* Runs IMAGE. When this returns, the firmware has unloaded it. */
static enum status run(const struct plan *p, struct image *image, struct report *report)
{
	UINTN exit_bytes = 0;
	CHAR16 *exit_data = NULL;
	EFI_STATUS efi;

	boot_services->SetWatchdogTimer(WATCHDOG_SECONDS, 0, 0, NULL);
	log_how(p);
	publish_start(report);
	efi = boot_services->StartImage(image->handle, &exit_bytes, &exit_data);
	progress_stop(); /* it may have read only part of its initrd */
	platform_wait(); /* a boot manager does so itself, but a shell would be reset */
	efi_free(exit_data);
	if (efi == EFI_SECURITY_VIOLATION)
		image_unload(image);
	if (EFI_ERROR(efi))
		return fail(report, efi_status(efi), "it was started and came back: %s",
			    efi_words(efi));
	if (log_line("returned"))
		log_end();
	if (p->entry->kind == ENTRY_LINUX)
		return fail(report, E_IO, "it was started and came back without a reason");
	return OK;
}

/* Hands the program of IMAGE its options and the initrds, and runs it. When this returns, it is
 * unloaded. */
static enum status start(struct plan *p, struct image *image, struct report *report)
{
	struct log_step step;
	size_t bytes = 0;
	CHAR16 *options;
	enum status status;

	log_step(&step, "start", report);
	options = plan_options_utf16(p, &bytes);
	if (options == NULL) {
		status = fail(report, E_NO_MEMORY, "no memory for its options");
	} else {
		/* Also when they are empty: shim has set its own. */
		image->loaded->LoadOptions = options;
		image->loaded->LoadOptionsSize = (UINT32)bytes;
		status = measure_start(p, (struct str){(char *)options, bytes}, &image->stub,
				       report);
		if (status == OK)
			status = offer(p, image->loaded, report);
	}
	if (status == OK)
		status = run(p, image, report);
	else
		image_unload(image);
	withdraw();
	measure_free(p);
	mem_free(options, bytes);
	return log_step_end(&step, status);
}

enum status platform_start(const struct plan *p, struct report *report)
{
	EFI_HANDLE device = disks_handle(loader, p->entry->volume);
	struct plan plan = *p;
	struct image image;
	enum status status =
		image_load(p, path_of(device != NULL ? device : own_device), report, &image);

	if (status != OK)
		return status;
	status = start(&plan, &image, report);
	image_free(&image);
	return status;
}
