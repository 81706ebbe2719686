/* A program into memory: by LoadImage from its file, or, for a kernel, in place.
 *
 * LoadImage takes a whole file in memory and copies it to where the program will run: all of a
 * kernel would be read, and then be copied once more. But the file of a Linux kernel is laid out
 * just as the program is in memory, and a kernel relocates itself. So LoadImage is given only the
 * head of the file, with the table of sections taken out (pe_outline()). The firmware allocates the
 * memory that the head asks for, and registers the image. Then the file is read from the disk
 * straight into that memory:
 *
 *      LoadImage(head)            | head |          allocated, not filled                  |
 *      read the file into it      | head | code and data                           |
 *      clear the rest             |                                                | zeros |
 *      StartImage                          ^ the entry point that the head names
 *
 * The firmware does not see the kernel's code this way. So LoadImage gets the whole file where the
 * firmware has to see it: with Secure Boot, which verifies it; where programs are measured (a TPM,
 * confidential computing); and where memory is protected by the sections of programs. A program
 * that is no kernel, or is laid out otherwise, is loaded from its whole file too. */
#include "efi/image.h"

#include "base/mem.h"
#include "config/image/pe.h"
#include "efi/memory.h"
#include "efi/path.h"
#include "fs/volume.h"
#include "loader/log.h"
#include "loader/plan.h"
#include "loader/progress.h"

/* Bytes: many times what the stub of a kernel needs to unpack it. */
#define MEMORY_AMPLE (512ull << 20)

static const EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

/* Protocols of a firmware that measures what LoadImage is given, or that lets code run only in the
 * memory of programs. */
static const EFI_GUID watchers[] = {
	/* EFI_TCG2_PROTOCOL and EFI_TCG_PROTOCOL, TCG EFI Protocol Specification */
	{0x607f766c, 0x7455, 0x42be, {0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f}},
	{0xf541796d, 0xa62e, 0x4954, {0xa7, 0x75, 0x95, 0x84, 0xf6, 0x1b, 0x9c, 0xdd}},
	/* EFI_CC_MEASUREMENT_PROTOCOL, UEFI specification, 38.2 */
	{0x96751a3d, 0x72f4, 0x41a6, {0xa7, 0x94, 0xed, 0x5d, 0x0e, 0x67, 0xae, 0x6b}},
	MEMORY_ATTRIBUTE_GUID,
};

/* True when Secure Boot is on, or the firmware does not say. */
static bool secure_boot(void)
{
	static const EFI_GUID global = EFI_GLOBAL_VARIABLE;
	uint8_t on = 0;
	UINTN bytes = sizeof(on);
	EFI_STATUS efi = system_table->RuntimeServices->GetVariable(
		(CHAR16 *)u"SecureBoot", (EFI_GUID *)&global, NULL, &bytes, &on);

	return efi != EFI_NOT_FOUND && (EFI_ERROR(efi) || on != 0);
}

static bool is_watched(void)
{
	for (size_t i = 0; i < sizeof(watchers) / sizeof(*watchers); i++) {
		void *interface;

		if (!EFI_ERROR(boot_services->LocateProtocol((EFI_GUID *)&watchers[i], NULL,
							     &interface)))
			return true;
	}
	return secure_boot();
}

/* Makes IMAGE from the BYTES bytes at SOURCE. IMAGE stays as it is if the firmware refuses them. */
static EFI_STATUS load(EFI_DEVICE_PATH *path, void *source, size_t bytes, struct image *image)
{
	EFI_HANDLE made = NULL;
	EFI_STATUS efi = boot_services->LoadImage(FALSE, self, path, source, bytes, &made);

	/* UEFI specification, 7.4: the image is loaded even so. */
	if (efi == EFI_SECURITY_VIOLATION && made != NULL)
		boot_services->UnloadImage(made);
	if (!EFI_ERROR(efi)) {
		image->handle = made;
		image->loaded = efi_protocol(made, &loaded_image_guid);
	}
	return efi;
}

/* Loads a kernel in place, as the head of this file says. OK with IMAGE still empty means that
 * LoadImage must be given the whole file. */
static enum status load_in_place(const struct plan *p, EFI_DEVICE_PATH *path, struct image *image)
{
	struct volume *volume = p->entry->volume;
	uint8_t head[PE_HEAD];
	struct pe_outline o;
	struct image made = {0};
	enum status status;

	if (!p->linux_kernel || p->kernel_size < sizeof(head) || is_watched())
		return OK;
	status = vol_read(volume, p->entry->kernel, 0, head, sizeof(head));
	if (status != OK)
		return status;
	if (!pe_outline(head, sizeof(head), &o) || o.stored > p->kernel_size ||
	    EFI_ERROR(load(path, head, sizeof(head), &made)))
		return OK;
	if (o.used > made.loaded->ImageSize) {
		image_unload(&made);
		return OK;
	}
	status = progress_read(volume, p->entry->kernel, o.stored, 0, made.loaded->ImageBase,
			       o.stored);
	if (status != OK) {
		image_unload(&made);
		return status;
	}
	memset((char *)made.loaded->ImageBase + o.stored, 0, o.used - o.stored);
	*image = made;
	return OK;
}

static enum status read_file(const struct plan *p, struct report *report, struct image *image)
{
	size_t bytes = p->kernel_size;

	*image = (struct image){.file = mem_alloc(bytes), .bytes = bytes};
	if (image->file == NULL)
		return fail(report, E_NO_MEMORY, "no memory for its %zu bytes", bytes);
	return progress_read(p->entry->volume, p->entry->kernel, bytes, 0, image->file, bytes);
}

/* Frees the file, of no use once the program is loaded, if memory is scarce. A firmware may wipe
 * what is freed, which takes as long as reading it; and a kernel gets that memory anyway when it
 * ends the boot services. Only its stub, which runs before that, may need it. */
static void free_if_scarce(const struct plan *p, struct image *image)
{
	if (memory_left() < MEMORY_AMPLE + 2 * (p->kernel_size + p->initrd_total))
		image_free(image);
}

/* LoadImage makes its own copy of the file. */
static enum status load_from_file(const struct plan *p, EFI_DEVICE_PATH *path,
				  struct report *report, struct image *image)
{
	EFI_STATUS efi = load(path, image->file, image->bytes, image);

	if (efi == EFI_SECURITY_VIOLATION || efi == EFI_ACCESS_DENIED)
		return fail(
			report, E_DENIED,
			"Secure Boot refused it: it is not signed with a key that this firmware "
			"trusts");
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
		status = load_in_place(p, path, image);
	if (status == OK && image->handle == NULL)
		status = read_file(p, report, image);
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
