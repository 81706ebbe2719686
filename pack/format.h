/* The form in which the loader is packed: sequences of some bytes as they are, its literals, and
 * then some that were there before, its match. A sequence is
 *
 *	a byte    its three highest bits tell how many literals, the next three the match's length,
 *		  less MATCH_LEAST, the last two begin the distance
 *	more      of literals, where the three bits are all set
 *	literals
 *	distance  how far back the match begins, less 1: another byte, and the two bits above it;
 *		  where both are set, two bytes, the lower one first
 *	more      of the length, where the three bits are all set
 *
 * More is a byte to add and, where that is 255, another. The last sequence has no match where
 * the bytes end with literals. Behind it are TAIL zeros, so that whoever unpacks may read on a
 *little. */
#ifndef PACK_FORMAT_H
#define PACK_FORMAT_H

/* Bytes before the sequences: how many follow, and how many were packed, both le32. */
#define PACKED_HEADER 8

#define TAIL 8

/* What the three bits of a number say that is not told by them alone. */
#define MORE 7

/* What the two bits of a distance say that has two bytes of its own. */
#define FAR 3

#define MATCH_LEAST   3
#define DISTANCE_NEAR (FAR << 8)
#define DISTANCE_MOST (1 << 16)

#endif
