/* Compares pairs of lines from standard input: by the specification, and as Fedora's GRUB and GRUB
 * 2.14 do. */
#include <stdio.h>
#include <string.h>

#include "config/lines/version.h"

static char a[4096], b[4096];

int main(void)
{
	while (fgets(a, sizeof(a), stdin) != NULL && fgets(b, sizeof(b), stdin) != NULL) {
		a[strcspn(a, "\n")] = b[strcspn(b, "\n")] = '\0';
		printf("%d %d %d\n", version_compare(str_of(a), str_of(b)),
		       version_compare_grub(str_of(a), str_of(b)),
		       version_compare_file(str_of(a), str_of(b)));
	}
	return 0;
}
