/* The checksums of ext4 and its journal, and of gzip. */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC32C (Castagnoli, reflected) over N bytes, continued from SEED, without the inversion at either
 * end: the kernel's ext4_chksum(). Start with ~0. */
uint32_t crc32c(uint32_t seed, const void *, size_t n);

/* CRC32 (polynomial 0x04c11db7, not reflected) over N bytes, continued from SEED, without the
 * inversion at either end: the kernel's crc32_be(). Start with ~0. */
uint32_t crc32_be(uint32_t seed, const void *, size_t n);

/* CRC32 (the same polynomial, reflected) over N bytes, continued from SEED, without the inversion
 * at either end: RFC 1952, section 8. Start with ~0. Makes its table at each call, so N should be
 * large. */
uint32_t crc32(uint32_t seed, const void *, size_t n);

/* CRC16 (polynomial 0x8005, reflected) over N bytes, continued from SEED: for the group descriptors
 * of uninit_bg. Start with ~0. */
uint16_t crc16(uint16_t seed, const void *, size_t n);

#endif
