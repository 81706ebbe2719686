/* What the two halves of the Boot Loader Interface share: what the guest asks (wishes.c) and what
 * it is told (publish.c). */
#ifndef LOADER_INTERFACE_INTERFACE_H
#define LOADER_INTERFACE_INTERFACE_H

#include "loader/platform.h"

/* All zero before wishes_choose(). */
struct interface {
	struct facts facts;
	bool waits;      /* the guest wants the menu to wait until somebody chooses */
	bool saves;      /* what is started is to be remembered, for LoaderEntryDefault=@saved */
	struct str last; /* what was remembered; "": nothing */
	bool told;       /* all that does not depend on what is started */
	bool failed;     /* the firmware takes no variables: nothing more is told */
};

#endif
