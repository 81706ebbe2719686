/* A small cache of blocks. */
#include "fs/cache.h"

#include "base/mem.h"

bool cache_init(struct cache *c, size_t block_size)
{
	size_t count = CACHE_BYTES / block_size;

	if (count > CACHE_SLOTS)
		count = CACHE_SLOTS;
	if (count < CACHE_SLOTS_MIN)
		count = CACHE_SLOTS_MIN;
	*c = (struct cache){.count = (unsigned)count, .bytes = count * block_size};
	c->memory = mem_alloc(c->bytes);
	if (c->memory == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		c->slots[i].data = c->memory + i * block_size;
	return true;
}

struct cache_slot *cache_slot(struct cache *c, uint64_t block)
{
	struct cache_slot *oldest = &c->slots[0];

	for (unsigned i = 0; i < c->count; i++) {
		struct cache_slot *slot = &c->slots[i];

		if (slot->used != 0 && slot->block == block) {
			slot->used = ++c->clock;
			return slot;
		}
		if (slot->used < oldest->used)
			oldest = slot;
	}
	oldest->used = 0;
	return oldest;
}

void cache_filled(struct cache *c, struct cache_slot *slot, uint64_t block)
{
	slot->block = block;
	slot->proof = 0;
	slot->used = ++c->clock;
}

void cache_forget(struct cache *c, bool (*changed)(void *context, uint64_t block), void *context)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (changed(context, c->slots[i].block))
			c->slots[i].used = 0;
	}
}

void cache_free(struct cache *c)
{
	mem_free(c->memory, c->bytes);
	c->memory = NULL;
}
