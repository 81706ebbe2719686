/* Stands in for a firmware that keeps its variables and has none yet. */
#include "loader/platform.h"

#include "base/status.h"

enum status platform_remember(uint32_t sum, struct report *report)
{
	(void)sum;
	(void)report;
	return OK;
}

bool platform_recall(uint32_t *sum)
{
	(void)sum;
	return false;
}

void platform_forget(void) {}
