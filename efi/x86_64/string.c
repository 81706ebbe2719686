/* memcpy() and its like, which the compiler calls by itself. They are in assembly, because it might
 * turn a loop in memcpy() into a call of memcpy(). */
#include <stdint.h>

#include "base/mem.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	void *d = to;
	size_t words = n / 8, bytes = n % 8;

	__asm__ volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(bytes) : : "memory");
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	void *d = to;
	size_t words = n / 8, bytes = n % 8;
	uint64_t word = 0x0101010101010101u * (uint8_t)byte;

	__asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(word) : "memory");
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(word) : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *d = (char *)to + n - 1;
	const char *s = (const char *)from + n - 1;

	if ((uintptr_t)to - (uintptr_t)from >= n)
		return memcpy(to, from, n);
	__asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
	return to;
}
