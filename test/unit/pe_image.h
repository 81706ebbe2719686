/* Programs for the tests, as far as their headers go. */
#ifndef TEST_UNIT_PE_IMAGE_H
#define TEST_UNIT_PE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define PE_IMAGE_SIZE 16384

/* Where the parts of the image lie. */
#define PE_AT         0x80
#define PE_OPT_AT     (PE_AT + 24)
#define PE_OPT_SIZE   (112 + 16 * 8)
#define PE_SECTION_AT (PE_OPT_AT + PE_OPT_SIZE)

extern uint8_t pe_image[PE_IMAGE_SIZE];

/* A kernel as Linux 6 is one: PE32+, two sections, the boot header. */
void pe_make_kernel(void);

/* The same without the boot header, and all of 0x200 to 0x23c zero: any other EFI program. */
void pe_make_program(void);

/* Change the image: little-endian numbers, and the table of sections, where a section lies in
 * memory as in the file. */
void pe_put16(size_t at, uint16_t v);
void pe_put32(size_t at, uint32_t v);
void pe_put_section(unsigned i, const char *name, uint32_t offset, uint32_t size);

#endif
