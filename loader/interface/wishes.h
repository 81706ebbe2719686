/* What the guest asks for by variables of the Boot Loader Interface. Whoever is root in the guest
 * has written them, or somebody who forged them: they only choose among what the menu has. */
#ifndef LOADER_INTERFACE_WISHES_H
#define LOADER_INTERFACE_WISHES_H

#include "loader/loader.h"

struct interface;

/* Gives the entries their ids, reads the wishes, and fills the interface. Changes L's default_entry
 * and timeout where neither the host's settings nor, for the default, its trust (host_trusts()) are
 * against it. What is asked for once is deleted here. True when LoaderEntryOneShot decides: the
 * guest's menu must not be asked for its own one-shot; usual_entry is set then. A wish that is not
 * honoured, and why, is told in the report. In a confidential guest, whose variables its host can
 * write, nothing is read. */
bool wishes_choose(struct loader *, struct interface *);

#endif
