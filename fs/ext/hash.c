/* The hashes of names (Documentation/filesystems/ext4/directory.rst, fs/ext4/hash.c). */
#include "fs/ext/hash.h"

#include "base/mem.h"

/* In Linux the greatest hash marks the end of a listing; a name that hashes to it gets the next
 * smaller one. */
#define HASH_END 0xfffffffeu

static uint32_t byte_at(struct str s, size_t i, bool is_signed)
{
	return is_signed ? (uint32_t)(signed char)s.p[i] : (uint8_t)s.p[i];
}

static uint32_t legacy(struct str name, bool is_signed)
{
	uint32_t hash = 0x12a3fe2d, before = 0x37abe8f9;

	for (size_t i = 0; i < name.n; i++) {
		uint32_t next = before + (hash ^ (byte_at(name, i, is_signed) * 7152373));

		if (next & 0x80000000)
			next -= 0x7fffffff;
		before = hash;
		hash = next;
	}
	return hash << 1;
}

/* Cuts the next COUNT words, big-endian, off the name. What the name does not fill is filled with
 * its length. */
static void cut_words(struct str *name, bool is_signed, uint32_t *words, unsigned count)
{
	uint32_t pad = (uint32_t)(name->n | name->n << 8);
	size_t n = name->n < count * 4 ? name->n : count * 4;

	pad |= pad << 16;
	for (unsigned w = 0; w < count; w++) {
		words[w] = pad;
		for (size_t i = (size_t)w * 4; i < n && i < (size_t)w * 4 + 4; i++)
			words[w] = (words[w] << 8) + byte_at(*name, i, is_signed);
	}
	*name = str_skip(*name, n);
}

static void tea(uint32_t hash[4], const uint32_t key[4])
{
	uint32_t a = hash[0], b = hash[1], sum = 0;

	for (unsigned i = 0; i < 16; i++) {
		sum += 0x9e3779b9;
		a += ((b << 4) + key[0]) ^ (b + sum) ^ ((b >> 5) + key[1]);
		b += ((a << 4) + key[2]) ^ (a + sum) ^ ((a >> 5) + key[3]);
	}
	hash[0] += a;
	hash[1] += b;
}

static uint32_t mix(unsigned round, uint32_t x, uint32_t y, uint32_t z)
{
	if (round == 0)
		return z ^ (x & (y ^ z));
	return round == 1 ? (x & y) + ((x ^ y) & z) : x ^ y ^ z;
}

/* The reduced MD4 of the kernel: three rounds over eight words instead of sixteen. */
static void half_md4(uint32_t hash[4], const uint32_t words[8])
{
	static const uint8_t order[3][8] = {
		{0, 1, 2, 3, 4, 5, 6, 7}, {1, 3, 5, 7, 0, 2, 4, 6}, {3, 7, 2, 6, 1, 5, 0, 4}};
	static const uint8_t shift[3][4] = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};
	static const uint32_t constant[3] = {0, 0x5a827999, 0x6ed9eba1};
	uint32_t v[4];

	memcpy(v, hash, sizeof(v));
	for (unsigned i = 0; i < 24; i++) {
		unsigned round = i / 8, left = shift[round][i % 4];
		/* The four words take turns: a, d, c, b. */
		uint32_t *a = &v[-i % 4], b = v[(1 - i) % 4], c = v[(2 - i) % 4],
			 d = v[(3 - i) % 4];

		*a += mix(round, b, c, d) + words[order[round][i % 8]] + constant[round];
		*a = *a << left | *a >> (32 - left);
	}
	for (unsigned i = 0; i < 4; i++)
		hash[i] += v[i];
}

uint32_t ext_hash(enum ext_hash kind, bool is_signed, const uint32_t seed[4], struct str name)
{
	uint32_t hash[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, words[8], result;

	if ((seed[0] | seed[1] | seed[2] | seed[3]) != 0)
		memcpy(hash, seed, sizeof(hash));
	if (kind == EXT_HASH_LEGACY) {
		result = legacy(name, is_signed);
	} else if (kind == EXT_HASH_TEA) {
		while (name.n > 0) {
			cut_words(&name, is_signed, words, 4);
			tea(hash, words);
		}
		result = hash[0];
	} else {
		while (name.n > 0) {
			cut_words(&name, is_signed, words, 8);
			half_md4(hash, words);
		}
		result = hash[1];
	}
	result &= ~1u;
	return result == HASH_END ? HASH_END - 2 : result;
}
