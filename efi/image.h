/* A program from a volume into memory. */
#ifndef EFI_IMAGE_H
#define EFI_IMAGE_H

#include "efi/efi.h"

struct plan;

/* A program that the firmware has loaded, and that was not started. */
struct image {
	EFI_HANDLE handle;
	EFI_LOADED_IMAGE *loaded; /* its protocol, of HANDLE */
	void *file;               /* what it was made from, of BYTES bytes; NULL: freed, or none */
	size_t bytes;
};

/* Loads the plan's program, as coming from DEVICE, which may be NULL. Fails, with the reason in
 * REPORT, when it cannot be read or the firmware does not take it; nothing is left then. The caller
 * starts it or ends with image_unload(), and ends with image_free(). */
enum status image_load(const struct plan *, EFI_DEVICE_PATH *device, struct report *,
		       struct image *);

/* Gives back the program, which was not started or did not get so far as to leave. */
void image_unload(struct image *);

/* Gives back its file, when it has run or was unloaded. */
void image_free(struct image *);

#endif
