/* The vendors of the firmware's variables by their GUIDs, for those who ask the firmware and those
 * who read what it has written. */
#ifndef LOADER_VENDORS_H
#define LOADER_VENDORS_H

#include "loader/platform.h"

/* The bytes of a GUID: three little-endian numbers, then eight bytes (UEFI specification, appendix
 * A). */
#define GUID_BYTES 16

/* Each vendor's GUID, aligned as the firmware wants one (the same, 2.3.1). */
static _Alignas(8) const uint8_t vendor_guids[][GUID_BYTES] = {
	/* 3f1c5a52-9d0b-4c57-a61e-0b7d4295c831 */
	[VENDOR_PARTLESS] = {0x52, 0x5a, 0x1c, 0x3f, 0x0b, 0x9d, 0x57, 0x4c, 0xa6, 0x1e, 0x0b, 0x7d,
			     0x42, 0x95, 0xc8, 0x31},
	/* 4a67b082-0a4c-41cf-b6c7-440b29bb8c4f */
	[VENDOR_LOADER] = {0x82, 0xb0, 0x67, 0x4a, 0x4c, 0x0a, 0xcf, 0x41, 0xb6, 0xc7, 0x44, 0x0b,
			   0x29, 0xbb, 0x8c, 0x4f},
};

#endif
