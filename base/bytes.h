/* Integers as they lie on a disk. The types are structs: the compiler refuses to compute with one
 * until a function below, whose name says the byte order, has made a number of it. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>

/* Each function below becomes one instruction. A compiler that optimizes for size does not see that
 * in time and would emit calls. */
#define BYTES_INLINE static inline __attribute__((always_inline))

/* Little-endian (ext4, GPT, PE) and big-endian (jbd2) integers without alignment. */
typedef struct {
	uint8_t b[2];
} le16;
typedef struct {
	uint8_t b[4];
} le32;
typedef struct {
	uint8_t b[8];
} le64;
typedef struct {
	uint8_t b[2];
} be16;
typedef struct {
	uint8_t b[4];
} be32;
typedef struct {
	uint8_t b[8];
} be64;

/* get_..(): the number that the bytes V hold; to_..(): the bytes that hold the number N. */
BYTES_INLINE uint16_t get_le16(le16 v)
{
	return (uint16_t)(v.b[0] | v.b[1] << 8);
}
BYTES_INLINE uint16_t get_be16(be16 v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}

BYTES_INLINE uint32_t get_le32(le32 v)
{
	return v.b[0] | (uint32_t)v.b[1] << 8 | (uint32_t)v.b[2] << 16 | (uint32_t)v.b[3] << 24;
}

BYTES_INLINE uint32_t get_be32(be32 v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 | (uint32_t)v.b[2] << 8 | v.b[3];
}

BYTES_INLINE le16 to_le16(uint16_t n)
{
	return (le16){{(uint8_t)n, (uint8_t)(n >> 8)}};
}

BYTES_INLINE le32 to_le32(uint32_t n)
{
	return (le32){{(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)}};
}

BYTES_INLINE le64 to_le64(uint64_t n)
{
	le64 v;

	for (int i = 0; i < 8; i++)
		v.b[i] = (uint8_t)(n >> 8 * i);
	return v;
}

BYTES_INLINE be16 to_be16(uint16_t n)
{
	return (be16){{(uint8_t)(n >> 8), (uint8_t)n}};
}

BYTES_INLINE be32 to_be32(uint32_t n)
{
	return (be32){{(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};
}

BYTES_INLINE be64 to_be64(uint64_t n)
{
	be64 v;

	for (int i = 0; i < 8; i++)
		v.b[i] = (uint8_t)(n >> (56 - 8 * i));
	return v;
}

BYTES_INLINE uint64_t get_le64(le64 v)
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | v.b[i];
	return n;
}

BYTES_INLINE uint64_t get_be64(be64 v)
{
	be32 high = {{v.b[0], v.b[1], v.b[2], v.b[3]}}, low = {{v.b[4], v.b[5], v.b[6], v.b[7]}};

	return (uint64_t)get_be32(high) << 32 | get_be32(low);
}

/* Joins the two halves of a number that a format stores in two fields. */
BYTES_INLINE uint64_t join32(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

#endif
