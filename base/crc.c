/* CRC32C, CRC32 and CRC16, a byte at a time: metadata is small. */
#include "base/crc.h"

#define CRC32C_POLYNOMIAL 0x82f63b78u /* Castagnoli, bits reversed */
#define CRC32_POLYNOMIAL  0x04c11db7u
#define CRC16_POLYNOMIAL  0xa001u /* x^16 + x^15 + x^2 + 1, bits reversed */

static uint32_t crc32c_table[256];
static uint32_t crc32_table[256];
static uint16_t crc16_table[256];

/* Tables made once: 2.5 KiB less in the file that every boot must load. */
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
		crc32c_table[i] = c32;
	}
}

uint32_t crc32c(uint32_t seed, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (crc32c_table[1] == 0)
		tables_make();
	while (n-- > 0)
		seed = seed >> 8 ^ crc32c_table[(seed ^ *p++) & 0xff];
	return seed;
}

uint32_t crc32_be(uint32_t seed, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (crc32c_table[1] == 0)
		tables_make();
	while (n-- > 0)
		seed = seed << 8 ^ crc32_table[seed >> 24 ^ *p++];
	return seed;
}

uint16_t crc16(uint16_t seed, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (crc32c_table[1] == 0)
		tables_make();
	while (n-- > 0)
		seed = (uint16_t)(seed >> 8 ^ crc16_table[(seed ^ *p++) & 0xff]);
	return seed;
}
