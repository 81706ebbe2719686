/* Memory from the firmware. Small pieces are kept when they are freed: a firmware may wipe what it
 * gets back, byte by byte, and an allocation of many pages takes it no longer than one of a single
 * page. */
#include "base/mem.h"

#include "efi/memory.h"

/* Descriptors by which the memory map may grow when memory for it is allocated. */
#define MAP_GROWTH 8

/* Pages: larger pieces come from the firmware and go back to it at once. */
#define KEPT_MOST 32

/* Pages that are allocated together for later pieces. */
#define RESERVE 64

/* Pieces that were freed, each for the next mem_alloc() of as many pages. */
static struct kept {
	struct kept *next;
	size_t pages;
} * kept;

/* The rest of the last RESERVE pages, not in use yet. */
static struct {
	EFI_PHYSICAL_ADDRESS at;
	size_t pages;
} reserve;

static void *from_firmware(size_t pages)
{
	EFI_PHYSICAL_ADDRESS at;
	EFI_STATUS efi = boot_services->AllocatePages(AllocateAnyPages, EfiLoaderData, pages, &at);

	return EFI_ERROR(efi) ? NULL : (void *)at;
}

static void *from_kept(size_t pages)
{
	struct kept **k = &kept, *found;

	while (*k != NULL && (*k)->pages != pages)
		k = &(*k)->next;
	found = *k;
	if (found != NULL)
		*k = found->next;
	return found;
}

/* Cuts PAGES off the reserve, or off a new one if it is too small: the rest of the old one is then
 * kept like a piece that was freed. */
static void *from_reserve(size_t pages)
{
	void *p;

	if (reserve.pages < pages) {
		p = from_firmware(RESERVE);
		if (p == NULL)
			return NULL;
		if (reserve.pages > 0)
			mem_free((void *)reserve.at, reserve.pages * EFI_PAGE_SIZE);
		reserve.at = (EFI_PHYSICAL_ADDRESS)p;
		reserve.pages = RESERVE;
	}
	p = (void *)reserve.at;
	reserve.at += pages * EFI_PAGE_SIZE;
	reserve.pages -= pages;
	return p;
}

void *mem_alloc(size_t n)
{
	size_t pages = EFI_SIZE_TO_PAGES(n + !n);
	void *p;

	if (n > SIZE_MAX - EFI_PAGE_SIZE)
		return NULL;
	p = from_kept(pages);
	if (p == NULL && pages <= KEPT_MOST)
		p = from_reserve(pages);
	return p != NULL ? p : from_firmware(pages);
}

void mem_free(void *p, size_t n)
{
	size_t pages = EFI_SIZE_TO_PAGES(n + !n);

	if (p == NULL)
		return;
	if (pages > KEPT_MOST) {
		boot_services->FreePages((EFI_PHYSICAL_ADDRESS)p, pages);
		return;
	}
	*(struct kept *)p = (struct kept){kept, pages};
	kept = p;
}

void memory_give_back(void)
{
	while (kept != NULL) {
		struct kept *k = kept;

		kept = k->next;
		boot_services->FreePages((EFI_PHYSICAL_ADDRESS)k, k->pages);
	}
	if (reserve.pages > 0)
		boot_services->FreePages(reserve.at, reserve.pages);
	reserve.pages = 0;
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
