/* Memory from the firmware, and the four functions that the compiler takes for granted. */
#include "base/mem.h"

#include "efi/memory.h"

/* To take memory for the memory map makes the map longer. */
#define MAP_GROWTH 8

#define PAGES(bytes) (((bytes) + EFI_PAGE_SIZE - 1) / EFI_PAGE_SIZE)

void *mem_alloc(size_t n)
{
	EFI_PHYSICAL_ADDRESS address;

	if (n > SIZE_MAX - EFI_PAGE_SIZE ||
	    EFI_ERROR(boot_services->AllocatePages(AllocateAnyPages, EfiLoaderData, PAGES(n + !n),
						   &address)))
		return NULL;
	return (void *)address;
}

void mem_free(void *p, size_t n)
{
	if (p != NULL)
		boot_services->FreePages((EFI_PHYSICAL_ADDRESS)p, PAGES(n + !n));
}

uint64_t memory_left(void)
{
	UINTN bytes = 0, key, step = 0, room;
	UINT32 version;
	uint64_t left = 0;
	char *map;

	boot_services->GetMemoryMap(&bytes, NULL, &key, &step, &version);
	room = bytes + MAP_GROWTH * step;
	map = mem_alloc(room);
	bytes = room;
	if (map != NULL && !EFI_ERROR(boot_services->GetMemoryMap(
				   &bytes, (EFI_MEMORY_DESCRIPTOR *)map, &key, &step, &version))) {
		for (UINTN at = 0; step > 0 && at + step <= bytes; at += step) {
			const EFI_MEMORY_DESCRIPTOR *d = (const void *)(map + at);

			if (d->Type == EfiConventionalMemory)
				left += d->NumberOfPages * EFI_PAGE_SIZE;
		}
	}
	mem_free(map, room);
	return left;
}

/* In assembly, lest the compiler turn a loop in memcpy() into a call of memcpy(). */
void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	void *d = to;

	__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	void *d = to;

	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(byte) : "memory");
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

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != q[i])
			return p[i] - q[i];
	}
	return 0;
}
