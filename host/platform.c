/* Stands in for a firmware that keeps its variables: those of a guest's flash, or none yet. */
#include "host/platform.h"

#include <string.h>

#include "host/varstore.h"
#include "loader/vendors.h"

static struct varstore *variables;

enum status platform_open_variables(const char *path, struct report *report)
{
	return varstore_open(path, report, &variables);
}

enum status platform_get(enum vendor vendor, const char *name, void *to, size_t room, size_t *bytes)
{
	const struct variable *v = varstore_get(variables, vendor_guids[vendor], str_of(name));

	if (v == NULL)
		return E_NOT_FOUND;
	if (v->data.n > room)
		return E_LIMIT;
	memcpy(to, v->data.p, v->data.n);
	*bytes = v->data.n;
	return OK;
}

/* What the loader would write is not kept: the file is the guest's. */
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
