/* The processor of the guests that the command looks at. */
#include "host/arch.h"

#include <stddef.h>
#include <sys/utsname.h>

#include "config/image/processors.h"

const struct arch *const arch_all[] = {&arch_x86_64, &arch_aarch64, NULL};

static const struct arch *chosen;

void arch_use(const struct arch *arch)
{
	chosen = arch;
}

bool arch_choose(const char *name)
{
	const struct arch *const *a = arch_all;

	while (*a != NULL && !arch_has_name(*a, str_of(name)))
		a++;
	if (*a != NULL)
		chosen = *a;
	return *a != NULL;
}

const struct arch *guest_arch(void)
{
	struct utsname host;

	if (chosen == NULL && (uname(&host) != 0 || !arch_choose(host.machine)))
		chosen = &arch_x86_64;
	return chosen;
}
