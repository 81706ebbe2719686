/* Names of processors. */
#include "config/image/arch.h"

#include "config/lines/text.h"

bool arch_has_name(const struct arch *arch, struct str name)
{
	struct str names = str_of(arch->names);

	while (names.n > 0) {
		if (text_same(str_cut(&names, ' '), name))
			return true;
	}
	return false;
}
