/* Variables of the Boot Loader Interface for the tests, and what is in them. */
#ifndef TEST_UNIT_VARIABLES_H
#define TEST_UNIT_VARIABLES_H

#include "base/utf16.h"
#include "loader/platform.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"

/* Sets a variable to the ASCII text, in UTF-16 with a NUL, as userland does. */
static inline void variable(const char *name, const char *text)
{
	static struct report scratch;
	uint16_t wide[512];
	size_t n = utf16_from(str_of(text), wide, 511);

	wide[n] = 0;
	assert_int_equal(
		platform_set(VENDOR_LOADER, name, KEEP_FOR_EVER, wide, 2 * (n + 1), &scratch), OK);
	platform_variables[0] = '\0';
}

/* The variable, as text in which each NUL is a '|'; "(none)" where there is none. */
static inline const char *value_of(const char *name)
{
	static char text[4096];
	uint16_t wide[2048];
	size_t bytes;

	if (platform_get(VENDOR_LOADER, name, wide, sizeof(wide), &bytes) != OK)
		return "(none)";
	for (size_t i = 0; i < bytes / 2; i++)
		text[i] = wide[i] == 0 ? '|' : (char)wide[i];
	text[bytes / 2] = '\0';
	return text;
}

#endif
