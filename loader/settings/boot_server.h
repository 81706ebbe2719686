/* Which file a machine that starts from the network was told to load, and from which server. */
#ifndef LOADER_SETTINGS_BOOT_SERVER_H
#define LOADER_SETTINGS_BOOT_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct boot_server {
	uint8_t ip[4];
	struct str file; /* part of the packet */
};

/* Reads a DHCP answer, PACKET from its first field, op, on (RFC 2131, 2): for the file option 67
 * (RFC 2132, 9.5), else the field file; for the server the field siaddr, else option 54. False when
 * it names no file or no server. */
bool boot_server_read(struct str packet, struct boot_server *);

/* The part of FILE that leads to the loader's directory: up to the last '/', and without EFI/BOOT/,
 * so that a server may show the directory that guests see as a disk. */
struct str boot_server_directory(struct str file);

#endif
