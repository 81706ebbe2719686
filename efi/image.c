/* A program into memory, and to the firmware. */
#include "efi/image.h"

#include "base/mem.h"
#include "efi/memory.h"
#include "efi/path.h"
#include "efi/shim.h"
#include "fs/volume.h"
#include "loader/log.h"
#include "loader/plan.h"
#include "loader/platform.h"
#include "loader/progress.h"

/* Bytes: many times what the stub of a kernel needs to unpack it. */
#define MEMORY_AMPLE (512ull << 20)

static const EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

EFI_STATUS image_from(EFI_DEVICE_PATH *path, void *source, size_t bytes, struct image *image)
{
	EFI_HANDLE made = NULL;
	EFI_STATUS efi = shim_load_image(path, source, bytes, &made);

	/* UEFI specification, 7.4: the image is loaded even so. */
	if (efi == EFI_SECURITY_VIOLATION && made != NULL)
		boot_services->UnloadImage(made);
	if (!EFI_ERROR(efi)) {
		image->handle = made;
		image->loaded = efi_protocol(made, &loaded_image_guid);
	}
	return efi;
}

enum status image_read_file(const struct plan *p, struct report *report, struct image *image)
{
	size_t bytes = p->kernel_size;

	image->bytes = bytes;
	image->file = mem_alloc(bytes);
	if (image->file == NULL)
		return fail(report, E_NO_MEMORY, "no memory for its %zu bytes", bytes);
	return progress_read(p->entry->volume, p->entry->kernel, bytes, 0, image->file, bytes);
}

/* Frees the file, of no use once the program is loaded, if memory is scarce. A firmware may wipe
 * what is freed, which takes as long as reading it; and a kernel gets that memory anyway when it
 * ends the boot services. Only its stub, which runs before that, may need it. */
static void free_if_scarce(const struct plan *p, struct image *image)
{
	if (memory_left() < MEMORY_AMPLE + 2 * (image->bytes + p->initrd_total))
		image_free(image);
}

/* LoadImage makes its own copy of the file. */
static enum status load_from_file(const struct plan *p, EFI_DEVICE_PATH *path,
				  struct report *report, struct image *image)
{
	EFI_STATUS efi = image_from(path, image->file, image->bytes, image);

	if (efi == EFI_SECURITY_VIOLATION || efi == EFI_ACCESS_DENIED)
		return fail(report, E_DENIED,
			    "Secure Boot refused it: it has no signature that the firmware (db) or "
			    "shim (vendor, MOK) trusts, or it is revoked (dbx, MokListX, SBAT); "
			    "install a newer signed kernel, or enrol the key that signed it");
	if (EFI_ERROR(efi))
		return fail(report, efi_status(efi), "the firmware cannot load it: %s",
			    efi_words(efi));
	free_if_scarce(p, image);
	return OK;
}

static void log_file(const struct plan *p)
{
	if (!log_done())
		return;
	log_text("file", p->entry->kernel);
	log_number("bytes", p->kernel_size);
	log_end();
}

static void log_loaded(bool in_place)
{
	if (!log_done())
		return;
	log_word("in-place", in_place ? "yes" : "no");
	log_end();
}

/* Reads the program into IMAGE, which is empty at first: loaded in place, or its file. The caller
 * frees it, also on failure. PATH may be NULL, for want of memory. */
static enum status read_program(const struct plan *p, EFI_DEVICE_PATH *path, struct report *report,
				struct image *image)
{
	struct log_step step;
	enum status status;

	log_step(&step, p->entry->kind == ENTRY_LINUX ? "kernel" : "program", report);
	if (path == NULL)
		status = fail(report, E_NO_MEMORY, "no memory for its device path");
	else
		status = image_read(p, path, report, image);
	if (status == OK && image->handle == NULL && image->file == NULL)
		status = image_read_file(p, report, image);
	if (status == OK)
		log_file(p);
	return log_step_end(&step, status);
}

static enum status load_program(const struct plan *p, EFI_DEVICE_PATH *path, struct report *report,
				struct image *image)
{
	bool in_place = image->handle != NULL;
	struct log_step step;
	enum status status = OK;

	log_step(&step, "load", report);
	if (!in_place && platform_measures() != 0)
		image->stub = stub_find(image->file, image->bytes);
	if (!in_place)
		status = load_from_file(p, path, report, image);
	if (status == OK)
		log_loaded(in_place);
	return log_step_end(&step, status);
}

enum status image_load(const struct plan *p, EFI_DEVICE_PATH *device, struct report *report,
		       struct image *image)
{
	size_t bytes;
	EFI_DEVICE_PATH *path = path_with_file(device, p->entry->kernel, &bytes);
	struct image made = {0};
	enum status status = read_program(p, path, report, &made);

	if (status == OK)
		status = load_program(p, path, report, &made);
	mem_free(path, bytes);
	if (status == OK)
		*image = made;
	else
		image_free(&made);
	return status;
}

void image_unload(struct image *image)
{
	boot_services->UnloadImage(image->handle);
	image->handle = NULL;
}

void image_free(struct image *image)
{
	mem_free(image->file, image->bytes);
	image->file = NULL;
}
