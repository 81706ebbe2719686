/* What the programs of the tests have in common: words on the console. */
#ifndef TEST_EFI_SAY_H
#define TEST_EFI_SAY_H

#include <efi.h>

static EFI_SYSTEM_TABLE *system;

static void say(const CHAR16 *text)
{
	system->ConOut->OutputString(system->ConOut, (CHAR16 *)text);
}

static inline void say_number(const CHAR16 *what, UINT64 n)
{
	CHAR16 digits[21] = {0};
	unsigned i = 20;

	do
		digits[--i] = (CHAR16)(u'0' + n % 10);
	while ((n /= 10) != 0);
	say(what);
	say(digits + i);
}

#endif
