/* Unpacks DEFLATE data: RFC 1951. */
#ifndef CONFIG_IMAGE_INFLATE_H
#define CONFIG_IMAGE_INFLATE_H

#include <stddef.h>
#include <stdint.h>

/* What is unpacked, and where to. */
struct inflate {
	const uint8_t *from, *end; /* packed bytes; FROM is moved */
	uint8_t *to;               /* memory for the unpacked bytes */
	size_t room;               /* bytes of that */
	size_t made;               /* unpacked bytes in it: 0 at first */
	uint64_t bits;             /* inflate()'s own; both 0 at first */
	unsigned n;
};

/* Unpacks until the packed bytes end, turn out to be damaged, or do not fit into ROOM: a caller
 * with little room, or with few of the packed bytes, gets the beginning. Does not say which it was;
 * a checksum must tell whether all is right. The work is bounded: hostile data, blocks of ten bits
 * that hold nothing, cost a few thousand steps for each packed byte. */
void inflate(struct inflate *);

#endif
