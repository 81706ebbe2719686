/* Linked instead of efi/cpu.c: a machine that says it is confidential, for the tests. */
#include "efi/channels.h"

const char *confidential_guest(void)
{
	return "AMD SEV-SNP";
}
