/* Instructions that were written as data: the processor does not see them by itself (Arm ARM, B2.4,
 * "Caches and memory hierarchy"). TCG does. */
#include "efi/processor.h"

/* The bytes of a cache line, of which CTR_EL0 tells the logarithm in words of four. */
static uintptr_t line_bytes(uint64_t field)
{
	return (uintptr_t)4 << (field & 15);
}

void processor_code_written(const void *code, size_t n)
{
	uintptr_t end = (uintptr_t)code + n, data, instructions;
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	data = line_bytes(ctr >> 16);
	instructions = line_bytes(ctr);
	for (uintptr_t at = (uintptr_t)code & ~(data - 1); at < end; at += data)
		__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb ish" : : : "memory");
	for (uintptr_t at = (uintptr_t)code & ~(instructions - 1); at < end; at += instructions)
		__asm__ volatile("ic ivau, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tisb" : : : "memory");
}
