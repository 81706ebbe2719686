/* How the loader is packed.
 *
 * Every boot reads BOOTX64.EFI from the host, through slow drivers of the firmware. So that file is
 * a small program (unpack.c) that carries the loader packed, and unpacks it into memory:
 *
 *      partless.efi  --layout-->  the program as   --parse, codes-->  packed bytes,
 *      (a PE file)                it lies in memory                   inside of BOOTX64.EFI
 *
 * First the program becomes sequences, much as with LZ4. A sequence stands for some bytes as they
 * are, the literals, and then for a match, a copy of bytes that were unpacked before:
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
 * the last sequence ends with them and has no match.
 *
 * A unit is a power of two. Where all instructions have four bytes, as on 64-bit Arm, most matches
 * begin a multiple of four bytes back, so units of four let one byte reach four times as far.
 *
 * Then each byte of the sequences becomes bits: a prefix code, which gives frequent bytes few bits.
 * There is a code for each kind of byte, and literals are of as many kinds as a unit has bytes, by
 * their place in it: the four bytes of an instruction differ in what they mean. Codes are
 * canonical, as in RFC 1951, 3.2.2, so that the lengths tell them: shorter codes come first, those
 * of one length in the order of their bytes. Each code is complete: any bits are the code of some
 * byte.
 *
 * The packed bytes are a header, the codes and the sequences, as one row of bits, the highest bit
 * of each byte first, and TAIL zeros, so that the unpacker may read a little too far. A code is
 * told by the lengths for the bytes from 0 to 255, in four bits each: 0 for a byte that does not
 * occur, 1 to CODE_MOST for a length, and from AGAIN on for the length before, 2, 4, 8, 16 or 32
 * times more. */
#ifndef PACK_FORMAT_H
#define PACK_FORMAT_H

/* Bytes of the header, three le32: how many bytes follow it, TAIL among them; how many they unpack
 * to; and which power of two a unit is, UNIT_MOST at most. */
#define PACKED_HEADER 12
#define UNIT_MOST     2

/* Zero bytes behind the last sequence. */
#define TAIL 40

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

/* The kinds of bytes. Their codes follow the header in this order. */
enum kind {
	HEAD,
	MORE_BYTE,
	NEAR_BYTE, /* of a distance that has one byte */
	FAR_LOW,   /* of one that has two */
	FAR_HIGH,
	LITERAL, /* at the first byte of a unit, and so on */
	KINDS = LITERAL + (1 << UNIT_MOST),
};
#define BYTES 256

/* Bits of the longest code; and the least four bits that repeat a length, 2 << (them - AGAIN)
 * times. */
#define CODE_MOST 10
#define AGAIN     (CODE_MOST + 1)

#endif
