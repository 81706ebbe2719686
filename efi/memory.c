/* Memory from the firmware. */
#include "efi/memory.h"

#include "base/mem.h"
#include "base/pages.h"

/* Descriptors by which the memory map may grow when memory for it is allocated. */
#define MAP_GROWTH 8

static void *get_pages(size_t n)
{
	EFI_PHYSICAL_ADDRESS at;
	EFI_STATUS efi = boot_services->AllocatePages(AllocateAnyPages, EfiLoaderData, n, &at);

	return EFI_ERROR(efi) ? NULL : (void *)at;
}

static void give_pages(void *p, size_t n)
{
	boot_services->FreePages((EFI_PHYSICAL_ADDRESS)p, n);
}

static struct pages pages = {.get = get_pages, .give = give_pages};

void *mem_alloc(size_t n)
{
	return pages_alloc(&pages, n);
}

void mem_free(void *p, size_t n)
{
	pages_free(&pages, p, n);
}

void memory_give_back(void)
{
	pages_give_back(&pages);
}

/* Calls FN for each range of the memory map; for none when the firmware does not give the map. */
static void for_each_range(void (*fn)(void *context, const EFI_MEMORY_DESCRIPTOR *), void *context)
{
	UINTN bytes = 0, key, step = 0, room;
	UINT32 version;
	char *map;

	boot_services->GetMemoryMap(&bytes, NULL, &key, &step, &version);
	room = bytes + MAP_GROWTH * step;
	map = mem_alloc(room);
	bytes = room;
	if (map != NULL && !EFI_ERROR(boot_services->GetMemoryMap(
				   &bytes, (EFI_MEMORY_DESCRIPTOR *)map, &key, &step, &version))) {
		for (UINTN at = 0; step > 0 && at + step <= bytes; at += step)
			fn(context, (const void *)(map + at));
	}
	mem_free(map, room);
}

static void add_left(void *left, const EFI_MEMORY_DESCRIPTOR *d)
{
	if (d->Type == EfiConventionalMemory)
		*(uint64_t *)left += d->NumberOfPages * EFI_PAGE_SIZE;
}

uint64_t memory_left(void)
{
	uint64_t left = 0;

	for_each_range(add_left, &left);
	return left;
}

struct search {
	EFI_PHYSICAL_ADDRESS address;
	bool found;
};

static void match_range(void *context, const EFI_MEMORY_DESCRIPTOR *d)
{
	struct search *s = context;

	s->found |= d->Type < EfiMemoryMappedIO && s->address >= d->PhysicalStart &&
		    s->address - d->PhysicalStart < d->NumberOfPages * EFI_PAGE_SIZE;
}

bool memory_is_ram(EFI_PHYSICAL_ADDRESS address)
{
	struct search s = {address, false};

	for_each_range(match_range, &s);
	return s.found;
}
