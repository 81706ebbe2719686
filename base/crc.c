/* CRC32C goes eight bytes at a time, for whole journals are summed with it; the others one byte at
 * a time. */
#include "base/crc.h"

#include "base/bytes.h"

#define CRC32C_POLYNOMIAL 0x82f63b78u /* Castagnoli, bits reversed */
#define CRC32_POLYNOMIAL  0x04c11db7u
#define CRC32_REVERSED    0xedb88320u /* the same, bits reversed */
#define CRC16_POLYNOMIAL  0xa001u     /* x^16 + x^15 + x^2 + 1, bits reversed */

/* [k][b]: what byte b contributes to the sum when k more bytes follow it. */
static uint32_t crc32c_table[8][256];
static uint32_t crc32_table[256];
static uint16_t crc16_table[256];

/* The tables are computed at first use. In the file they would be 9.5 KiB that every boot loads. */
static void tables_make(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c32 = i, be = i << 24, c16 = i;

		for (int bit = 0; bit < 8; bit++) {
			c32 = c32 >> 1 ^ (c32 & 1 ? CRC32C_POLYNOMIAL : 0);
			be = be << 1 ^ (be >> 31 ? CRC32_POLYNOMIAL : 0);
			c16 = c16 >> 1 ^ (c16 & 1 ? CRC16_POLYNOMIAL : 0);
		}
		crc32_table[i] = be;
		crc16_table[i] = (uint16_t)c16;
		crc32c_table[0][i] = c32;
	}
	for (unsigned k = 1; k < 8; k++) {
		for (unsigned i = 0; i < 256; i++) {
			uint32_t c = crc32c_table[k - 1][i];

			crc32c_table[k][i] = c >> 8 ^ crc32c_table[0][c & 0xff];
		}
	}
}

uint32_t crc32c(uint32_t seed, const void *data, size_t n)
{
	const uint32_t(*t)[256] = crc32c_table;
	const uint8_t *p = data;

	if (t[0][1] == 0)
		tables_make();
	for (; n >= 8; n -= 8, p += 8) {
		uint32_t a = seed ^ get_le32(*(const le32 *)p);
		uint32_t b = get_le32(*(const le32 *)(p + 4));

		seed = t[7][a & 0xff] ^ t[6][a >> 8 & 0xff] ^ t[5][a >> 16 & 0xff] ^ t[4][a >> 24] ^
		       t[3][b & 0xff] ^ t[2][b >> 8 & 0xff] ^ t[1][b >> 16 & 0xff] ^ t[0][b >> 24];
	}
	while (n-- > 0)
		seed = seed >> 8 ^ t[0][(seed ^ *p++) & 0xff];
	return seed;
}

uint32_t crc32_be(uint32_t seed, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (crc32_table[1] == 0)
		tables_make();
	while (n-- > 0)
		seed = seed << 8 ^ crc32_table[seed >> 24 ^ *p++];
	return seed;
}

uint32_t crc32(uint32_t seed, const void *data, size_t n)
{
	static uint32_t table[256]; /* apart from the others: only Arm's loader has it */
	const uint8_t *p = data;

	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? CRC32_REVERSED : 0);
		table[i] = c;
	}
	while (n-- > 0)
		seed = seed >> 8 ^ table[(seed ^ *p++) & 0xff];
	return seed;
}

uint16_t crc16(uint16_t seed, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (crc16_table[1] == 0)
		tables_make();
	while (n-- > 0)
		seed = (uint16_t)(seed >> 8 ^ crc16_table[(seed ^ *p++) & 0xff]);
	return seed;
}
