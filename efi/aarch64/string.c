/* memcpy() and its like, which the compiler calls by itself. They are in assembly, because it might
 * turn a loop in memcpy() into a call of memcpy(). UEFI lets a program read and write memory at any
 * address, aligned or not (UEFI specification, 2.3.6). */
#include <stdint.h>

#include "base/mem.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	void *d = to;

	__asm__ volatile("	b	2f\n"
			 "1:	ldp	x8, x9, [%1], #16\n"
			 "	stp	x8, x9, [%0], #16\n"
			 "2:	subs	%2, %2, #16\n"
			 "	b.hs	1b\n"
			 "	adds	%2, %2, #16\n"
			 "	b.eq	4f\n"
			 "3:	ldrb	w8, [%1], #1\n"
			 "	strb	w8, [%0], #1\n"
			 "	subs	%2, %2, #1\n"
			 "	b.ne	3b\n"
			 "4:"
			 : "+r"(d), "+r"(from), "+r"(n)
			 :
			 : "x8", "x9", "cc", "memory");
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	uint64_t word = 0x0101010101010101u * (uint8_t)byte;
	void *d = to;

	__asm__ volatile("	b	2f\n"
			 "1:	stp	%2, %2, [%0], #16\n"
			 "2:	subs	%1, %1, #16\n"
			 "	b.hs	1b\n"
			 "	adds	%1, %1, #16\n"
			 "	b.eq	4f\n"
			 "3:	strb	%w2, [%0], #1\n"
			 "	subs	%1, %1, #1\n"
			 "	b.ne	3b\n"
			 "4:"
			 : "+&r"(d), "+&r"(n)
			 : "r"(word)
			 : "cc", "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *d = (char *)to + n;
	const char *s = (const char *)from + n;

	if ((uintptr_t)to - (uintptr_t)from >= n)
		return memcpy(to, from, n);
	__asm__ volatile("	cbz	%2, 2f\n"
			 "1:	ldrb	w8, [%1, #-1]!\n"
			 "	strb	w8, [%0, #-1]!\n"
			 "	subs	%2, %2, #1\n"
			 "	b.ne	1b\n"
			 "2:"
			 : "+r"(d), "+r"(s), "+r"(n)
			 :
			 : "x8", "cc", "memory");
	return to;
}
