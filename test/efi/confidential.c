/* Linked instead of efi/x86_64/confidential.c: a machine that says it is confidential, for the tests. */
#include "efi/channels.h"

const char *confidential_guest(void)
{
	return "AMD SEV-SNP";
}
