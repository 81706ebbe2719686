/* Starting an image: LoadImage from memory, the options, the initrd, StartImage; and coming back.
 */
#include "loader/platform.h"

#include "base/mem.h"
#include "base/utf16.h"
#include "efi/disks.h"
#include "efi/efi.h"
#include "efi/initrd.h"
#include "efi/initrd_file.h"
#include "efi/memory.h"
#include "efi/path.h"
#include "efi/platform.h"
#include "fs/volume.h"
#include "loader/log.h"
#include "loader/plan.h"

/* What the firmware's boot manager arms before it starts us. */
#define WATCHDOG_SECONDS 300

/* What a kernel's stub unpacks itself into, many times over. */
#define MEMORY_AMPLE (512ull << 20)

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

/* LoadImage makes its own copy. */
static enum status load_from_memory(const struct plan *p, EFI_DEVICE_PATH *path, void *file,
				    struct report *report, EFI_HANDLE *image)
{
	EFI_HANDLE made = NULL;
	EFI_STATUS efi = boot_services->LoadImage(FALSE, self, path, file, p->kernel_size, &made);

	if (!EFI_ERROR(efi)) {
		if (log_done())
			log_end();
		*image = made;
		return OK;
	}
	if (efi == EFI_SECURITY_VIOLATION && made != NULL)
		boot_services->UnloadImage(made);
	if (efi == EFI_SECURITY_VIOLATION || efi == EFI_ACCESS_DENIED)
		return fail(
			report, E_DENIED,
			"Secure Boot refused it: it is not signed with a key that this firmware "
			"trusts");
	return fail(report, efi_status(efi), "the firmware cannot load it: %s", efi_words(efi));
}

/* A file in memory. */
struct buffer {
	void *p;
	size_t bytes;
};

static void buffer_free(struct buffer *b)
{
	mem_free(b->p, b->bytes);
	*b = (struct buffer){0};
}

/* The program's file is of no use once it is loaded, but to free it costs a firmware that wipes
 * what becomes free as much as to read it. A kernel takes that memory anyway when the firmware has
 * gone: it is freed for it only where its stub may want it before. */
static void free_if_scarce(const struct plan *p, struct buffer *file)
{
	if (memory_left() < MEMORY_AMPLE + 2 * (p->kernel_size + p->initrd_total))
		buffer_free(file);
}

/* FILE is freed by the caller, whatever comes back. */
static enum status load_image(const struct plan *p, struct report *report, struct buffer *file,
			      EFI_HANDLE *image)
{
	struct volume *volume = p->entry->volume;
	EFI_HANDLE device = disks_handle(loader, volume);
	EFI_DEVICE_PATH *device_path = path_of(device != NULL ? device : own_device);
	size_t path_bytes = 0;
	EFI_DEVICE_PATH *path = path_with_file(device_path, p->entry->kernel, &path_bytes);
	enum status status;

	*file = (struct buffer){mem_alloc(p->kernel_size), p->kernel_size};
	log_step(p->entry->kind == ENTRY_LINUX ? "kernel" : "program");
	if (path == NULL || file->p == NULL)
		status = fail(report, E_NO_MEMORY, "no memory for its %lu bytes", p->kernel_size);
	else
		status = vol_read(volume, p->entry->kernel, 0, file->p, p->kernel_size);
	if (status == OK) {
		if (log_done()) {
			log_text("file", p->entry->kernel);
			log_number("bytes", p->kernel_size);
			log_end();
		}
		log_step("load");
		status = load_from_memory(p, path, file->p, report, image);
	}
	mem_free(path, path_bytes);
	return status;
}

/* Options as the program finds them: UTF-16 with a zero at the end, in memory of *BYTES. */
static CHAR16 *options_make(const struct plan *p, size_t *bytes)
{
	size_t n = plan_options(p, NULL, 0), units;
	char *text = mem_alloc(n);
	CHAR16 *made;

	if (text == NULL)
		return NULL;
	plan_options(p, text, n);
	units = utf16_from((struct str){text, n}, NULL, 0);
	*bytes = (units + 1) * sizeof(CHAR16);
	made = mem_alloc(*bytes);
	if (made != NULL) {
		utf16_from((struct str){text, n}, made, units);
		made[units] = 0;
	}
	mem_free(text, n);
	return made;
}

/* The initrds for the program LOADED, in the way that it understands. */
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

static void tell_start(const struct plan *p)
{
	if (!log_line("start"))
		return;
	log_word("initrd", p->initrd_by_file     ? "file"
			   : p->initrd_total > 0 ? "load-file2"
						 : "none");
	log_text("options", p->options);
	log_end();
}

/* Runs IMAGE, which has gone when this returns. */
static enum status run(const struct plan *p, EFI_HANDLE image, struct report *report)
{
	UINTN exit_bytes = 0;
	CHAR16 *exit_data = NULL;
	EFI_STATUS efi;

	boot_services->SetWatchdogTimer(WATCHDOG_SECONDS, 0, 0, NULL);
	log_step("start");
	tell_start(p);
	efi = boot_services->StartImage(image, &exit_bytes, &exit_data);
	efi_free(exit_data);
	if (efi == EFI_SECURITY_VIOLATION)
		boot_services->UnloadImage(image);
	if (EFI_ERROR(efi))
		return fail(report, efi_status(efi), "it was started and came back: %s",
			    efi_words(efi));
	if (log_line("returned"))
		log_end();
	if (p->entry->kind == ENTRY_LINUX)
		return fail(report, E_IO, "it was started and came back without a reason");
	return OK;
}

enum status platform_start(const struct plan *p, struct report *report)
{
	static const EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *loaded;
	EFI_HANDLE image = NULL;
	struct buffer file;
	size_t bytes = 0;
	CHAR16 *options;
	enum status status;

	status = load_image(p, report, &file, &image);
	if (status != OK) {
		buffer_free(&file);
		return status;
	}
	free_if_scarce(p, &file);
	loaded = efi_protocol(image, &loaded_image_guid);
	options = options_make(p, &bytes);
	if (loaded == NULL || options == NULL) {
		status = fail(report, E_NO_MEMORY, "no memory for its options");
	} else {
		/* Also when empty: shim presets its own. */
		loaded->LoadOptions = options;
		loaded->LoadOptionsSize = (UINT32)bytes;
		status = offer(p, loaded, report);
	}
	if (status == OK)
		status = run(p, image, report);
	else
		boot_services->UnloadImage(image);
	withdraw();
	mem_free(options, bytes);
	buffer_free(&file);
	return status;
}
