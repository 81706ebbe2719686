/* How the loader is packed.
 *
 * Every boot reads BOOTX64.EFI from the host, through slow drivers of the firmware. So that file is
 * a small program (unpack.c) that carries the loader packed, and unpacks it into memory:
 *
 *      partless.efi  --layout-->  the program as   --parse, compress-->  packed bytes,
 *      (a PE file)                it lies in memory                      inside of BOOTX64.EFI
 *
 * The packed bytes are a header and then sequences, much as with LZ4. A sequence stands for some
 * bytes as they are, the literals, and then for a match, a copy of bytes that were unpacked before:
 *
 *      head      one byte, from the highest bit on: 3 bits for the number of literals, 3 for the
 *                length of the match, less MATCH_LEAST, and 2 for its distance
 *      more      of the number of literals, if its three bits are all set
 *      literals
 *      distance  how far back the match begins, less 1: one byte, with the two bits of the
 *                head above it; if both bits are set, two bytes instead, the lower one first
 *      more      of the length, if its three bits are all set
 *
 * "More" is a byte to add and, if that byte is 255, more again. If the program ends with literals,
 * the last sequence ends with them and has no match. TAIL zeros follow, so that the unpacker may
 * read a little too far. */
#ifndef PACK_FORMAT_H
#define PACK_FORMAT_H

/* Bytes of the header, two le32: how many bytes follow it, TAIL among them, and how many they
 * unpack to. */
#define PACKED_HEADER 8

/* Zero bytes behind the last sequence. */
#define TAIL 8

/* All three bits of a number set: more bytes are added to it. */
#define MORE 7

/* Both bits of a distance set: it has two bytes of its own. */
#define FAR 3

/* The length of the shortest match; the largest distance that the head and one byte hold, and the
 * largest of all. */
#define MATCH_LEAST   3
#define DISTANCE_NEAR (FAR << 8)
#define DISTANCE_MOST (1 << 16)

#endif
