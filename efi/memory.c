/* Memory from the firmware. */
#include "base/mem.h"

#include "efi/memory.h"

/* To take memory for the memory map makes the map longer. */
#define MAP_GROWTH 8

/* More than so many pages come from the firmware and go back to it at once. */
#define KEPT_MOST 32

/* Pages that are asked for together: it takes the firmware as long as for one. */
#define RESERVE 64

/* What was freed, for the next who wants as many pages. The firmware may wipe what becomes free,
 * byte by byte. */
static struct kept {
	struct kept *next;
	size_t pages;
} * kept;

/* What nobody has had yet. */
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

static void *kept_take(size_t pages)
{
	struct kept **k = &kept, *found;

	while (*k != NULL && (*k)->pages != pages)
		k = &(*k)->next;
	found = *k;
	if (found != NULL)
		*k = found->next;
	return found;
}

/* What is left of a reserve that is too small is kept for who wants no more. */
static void *reserve_take(size_t pages)
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
	p = kept_take(pages);
	if (p == NULL && pages <= KEPT_MOST)
		p = reserve_take(pages);
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

/* Calls FN for each range of the memory map; not at all when the firmware does not tell. */
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

static void look_for(void *context, const EFI_MEMORY_DESCRIPTOR *d)
{
	struct search *s = context;

	s->found |= d->Type < EfiMemoryMappedIO && s->address >= d->PhysicalStart &&
		    s->address - d->PhysicalStart < d->NumberOfPages * EFI_PAGE_SIZE;
}

bool memory_is_ram(EFI_PHYSICAL_ADDRESS address)
{
	struct search s = {address, false};

	for_each_range(look_for, &s);
	return s.found;
}
