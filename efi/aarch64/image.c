/* A program into memory. Not in place: newer firmware for Arm lets no memory be executed that no
 * section of a program calls code. */
#include "efi/image.h"

enum status image_read(const struct plan *p, EFI_DEVICE_PATH *path, struct report *report,
		       struct image *image)
{
	(void)path;
	return image_read_file(p, report, image);
}
