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
 *                length of the match, less MATCH_LEAST, and 2 that tell how far back it begins
 *      more      of the number of literals, if its three bits are all set
 *      literals
 *      distance  if the two bits are SAME, no byte: as far back as the match before, or 1 byte
 *                for the first. If they are FAR, two bytes, the lower one first: how far, less 1.
 *                Else one byte: how far in units, less 1, with the two bits less 1 above it.
 *      more      of the length, if its three bits are all set
 *
 * "More" is a byte to add and, if that byte is 255, more again. If the program ends with literals,
 * the last sequence ends with them and has no match. TAIL zeros follow, so that the unpacker may
 * read a little too far.
 *
 * A unit is a power of two. Where all instructions have four bytes, as on 64-bit Arm, most matches
 * begin a multiple of four bytes back, so units of four let one byte reach four times as far. */
#ifndef PACK_FORMAT_H
#define PACK_FORMAT_H

/* Bytes of the header, three le32: how many bytes follow it, TAIL among them; how many they unpack
 * to; and which power of two a unit is, UNIT_MOST at most. */
#define PACKED_HEADER 12
#define UNIT_MOST     7

/* Zero bytes behind the last sequence. */
#define TAIL 8

/* All three bits of a number set: more bytes are added to it. */
#define MORE 7

/* What the two bits of a distance may be, but for the two numbers between these. */
#define SAME 0
#define FAR  3

/* The length of the shortest match; the largest distance that the head and one byte hold, in units;
 * and the largest of all, in bytes. */
#define MATCH_LEAST   3
#define DISTANCE_NEAR ((FAR - 1) << 8)
#define DISTANCE_MOST (1 << 16)

#endif
