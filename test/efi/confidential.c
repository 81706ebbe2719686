/* Replaces efi/x86_64/confidential.c in a loader for the tests, which takes every guest for
 * confidential. */
#include "efi/channels.h"

const char *confidential_guest(void)
{
	return "AMD SEV-SNP";
}
