/* The ids by which a guest's userland knows the entries of the menu. They consist of lower-case
 * letters, digits and +_.@-, and stay the same from boot to boot. */
#ifndef LOADER_INTERFACE_IDS_H
#define LOADER_INTERFACE_IDS_H

#include "loader/loader.h"

/* The longest id, in bytes. The name of a file can be longer. */
#define ID_MAX 200

/* Sets ITEM->told_id of the COUNT items, in L's arena. An entry of the Boot Loader Specification
 * keeps its own id, the name of its file. The id of any other is made of its own, and begins with
 * "auto-": of the entries that a loader tells of, systemd-logind starts only those. What cannot be
 * told, or is the id of an earlier item, gets a checksum at its end. No two are the same, but "",
 * which means none. False when memory is used up. */
bool ids_make(struct item *items, unsigned count, struct arena *);

/* True when the shell glob PATTERN, in which case does not count, matches ID, with its ".conf" or
 * ".efi" or without. "" matches nothing. */
bool id_match(struct str id, struct str pattern);

#endif
