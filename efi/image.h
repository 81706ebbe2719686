/* Loading a program from a volume into memory. */
#ifndef EFI_IMAGE_H
#define EFI_IMAGE_H

#include "config/image/stub.h"
#include "efi/efi.h"

struct plan;

/* A program that the firmware has loaded, and that was not started. */
struct image {
	EFI_HANDLE handle;
	EFI_LOADED_IMAGE *loaded; /* the protocol of that handle */
	void *file;               /* its file; NULL: freed, or loaded in place */
	size_t bytes;             /* of the file */
	struct stub stub;         /* what it measures, if something is measured */
};

/* Loads the program of the plan. DEVICE, which may be NULL, is the device path that the program is
 * told it comes from. Fails, with the reason in the report, when it cannot be read or the firmware
 * refuses it; nothing is left then. The caller starts it or calls image_unload(), and then calls
 * image_free(). */
enum status image_load(const struct plan *, EFI_DEVICE_PATH *device, struct report *,
		       struct image *);

/* Unloads the program. Only for one that was not started, or that the firmware refused to start. */
void image_unload(struct image *);

/* Frees the file of a program that has run or was unloaded. */
void image_free(struct image *);

/* The parts of image_load() that differ between processors, and what they are made of. */

/* Reads the program of the plan into IMAGE, which is empty, in the way of this processor's kernels:
 * in place, so that the firmware has loaded it then, or from a packed file. OK with IMAGE still
 * empty means that its whole file is wanted, as it is. A file of efi/NAME/ implements this. Fails,
 * reported, when the file cannot be read or memory is used up; the caller frees IMAGE also then. */
enum status image_read(const struct plan *, EFI_DEVICE_PATH *, struct report *, struct image *);

/* Reads the whole file of the program into IMAGE, which is empty. Fails in the same way. */
enum status image_read_file(const struct plan *, struct report *, struct image *);

/* Has the firmware make IMAGE from the BYTES bytes at SOURCE. IMAGE stays as it is if the firmware
 * refuses them. */
EFI_STATUS image_from(EFI_DEVICE_PATH *, void *source, size_t bytes, struct image *);

#endif
