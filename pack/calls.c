/* Makes calls, and what else names a place by its distance, name places or distances. */
#include "pack/calls.h"

#include <stdint.h>

#include "base/bytes.h"

/* A call of x86-64 is this byte and a distance from the next instruction, an le32. A distance
 * before the code, or behind it, is no call's. */
#define X86_CALL       0xe8
#define X86_CALL_BYTES 5

/* Distances from AT that lie within N bytes of code become places, 0 to N. The distances beyond
 * them, up to N, get the numbers that became free, so that each number has one that becomes it. */
static uint32_t place_of(uint32_t distance, uint32_t at, uint32_t n)
{
	if (distance + at < n)
		return distance + at;
	return distance < n ? distance - n : distance;
}

/* The distance that place_of() made PLACE from. */
static uint32_t distance_of(uint32_t place, uint32_t at, uint32_t n)
{
	if (place < n)
		return place - at;
	return place + at < at ? place + n : place;
}

/* Bit 7 of each byte of WORD that is X86_CALL, up to the first; above it, bits mean nothing. */
static uint64_t calls_in(uint64_t word)
{
	const uint64_t each = UINT64_MAX / UINT8_MAX; /* 01 in each byte */

	word ^= each * X86_CALL;
	return (word - each) & ~word & each << 7;
}

/* Every boot waits for this, so it looks at eight bytes at once, and not at the last seven. */
void x86_64_calls(unsigned char *code, size_t n, enum calls to)
{
	uint32_t size = (uint32_t)n, at = 0, named;

	while (at + sizeof(le64) <= n) {
		uint64_t found = calls_in(get_le64(*(le64 *)(code + at)));
		le32 *operand;

		if (found == 0) {
			at += sizeof(le64);
			continue;
		}
		at += (uint32_t)__builtin_ctzll(found) / 8 + X86_CALL_BYTES;
		if (at > n)
			return;
		operand = (le32 *)(code + at - sizeof(le32));
		named = get_le32(*operand);
		*operand = to_le32(to == PLACES ? place_of(named, at, size)
						: distance_of(named, at, size));
	}
}

/* Arm Architecture Reference Manual, C6.2. BL: the lower bits count instructions. ADR: two parts of
 * it count bytes. */
#define ARM_CALL_NAMES 0x03ffffffu
#define ARM_CALL       0x94000000u
#define ARM_ADR_MASK   0x9f000000u
#define ARM_ADR_NAMES  0x60ffffe0u
#define ARM_ADR        0x10000000u

static uint32_t turn_call(uint32_t word, uint32_t distance)
{
	return ARM_CALL | ((word + distance) & ARM_CALL_NAMES);
}

static uint32_t turn_adr(uint32_t word, uint32_t distance)
{
	uint32_t named = (word >> 3 & 0x1ffffc) | (word >> 29 & 3);

	named += distance * (uint32_t)sizeof(le32);
	return (word & ~ARM_ADR_NAMES) | (named & 3) << 29 | (named << 3 & 0xffffe0);
}

void aarch64_calls(unsigned char *code, size_t n, enum calls to)
{
	le32 *words = (le32 *)code;

	for (uint32_t i = 0; i < n / sizeof(le32); i++) {
		uint32_t word = get_le32(words[i]), distance = to == PLACES ? i : -i;

		if ((word & ~ARM_CALL_NAMES) == ARM_CALL)
			words[i] = to_le32(turn_call(word, distance));
		else if ((word & ARM_ADR_MASK) == ARM_ADR)
			words[i] = to_le32(turn_adr(word, distance));
	}
}
