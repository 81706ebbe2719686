/* The platform of the tests. */
#include "test/unit/platform.h"

#include "loader/platform.h"

unsigned platform_waits;

void platform_wait(void)
{
	platform_waits++;
}
