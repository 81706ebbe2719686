/* Programs for the tests, as far as their headers go. */
#include "test/unit/pe_image.h"

#include <string.h>

uint8_t pe_image[PE_IMAGE_SIZE];

void pe_put16(size_t at, uint16_t v)
{
	pe_image[at] = (uint8_t)v;
	pe_image[at + 1] = (uint8_t)(v >> 8);
}

void pe_put32(size_t at, uint32_t v)
{
	pe_put16(at, (uint16_t)v);
	pe_put16(at + 2, (uint16_t)(v >> 16));
}

void pe_put_section(unsigned i, const char *name, uint32_t offset, uint32_t size)
{
	memcpy(pe_image + PE_SECTION_AT + 40 * i, name, strlen(name));
	pe_put32(PE_SECTION_AT + 40 * i + 8, size);
	pe_put32(PE_SECTION_AT + 40 * i + 12, offset);
	pe_put32(PE_SECTION_AT + 40 * i + 16, size);
	pe_put32(PE_SECTION_AT + 40 * i + 20, offset);
}

void pe_make_kernel(void)
{
	memset(pe_image, 0, sizeof(pe_image));
	memcpy(pe_image, "MZ", 2);
	pe_put32(0x3c, PE_AT);
	memcpy(pe_image + PE_AT, "PE\0\0", 4);
	pe_put16(PE_AT + 4, 0x8664);
	pe_put16(PE_AT + 6, 2);
	pe_put16(PE_AT + 20, PE_OPT_SIZE);
	pe_put16(PE_OPT_AT, 0x20b);
	pe_put32(PE_OPT_AT + 16, 0x1000);
	pe_put32(PE_OPT_AT + 32, 0x1000);
	pe_put16(PE_OPT_AT + 44, 1);
	pe_put32(PE_OPT_AT + 56, 0x4000);
	pe_put32(PE_OPT_AT + 60, 0x400);
	pe_put16(PE_OPT_AT + 68, 10);
	pe_put32(PE_OPT_AT + 108, 16);
	pe_put_section(0, ".text", 0x1000, 0x1000);
	pe_put_section(1, ".data", 0x2000, 0x2000);
	pe_put32(PE_SECTION_AT + 36, 0x60000020);
	memcpy(pe_image + 0x202, "HdrS", 4);
	pe_put16(0x206, 0x20f);
	pe_put32(0x238, 2047);
}

void pe_make_program(void)
{
	pe_make_kernel();
	memset(pe_image + 0x202, 0, 6);
}
