/* Stands in for a firmware that keeps its variables and has none yet. */
#include "loader/platform.h"

#include "base/status.h"

enum status platform_get(enum vendor vendor, const char *name, void *to, size_t room, size_t *bytes)
{
	(void)vendor, (void)name, (void)to, (void)room, (void)bytes;
	return E_NOT_FOUND;
}

enum status platform_set(enum vendor vendor, const char *name, enum keeping keeping, const void *p,
			 size_t bytes, struct report *report)
{
	(void)vendor, (void)name, (void)keeping, (void)p, (void)bytes, (void)report;
	return OK;
}

bool platform_remembers(void)
{
	return true;
}
