/* fs/ext/journal/map.h: which copy of a block counts, and what the map costs. */
#include <stdlib.h>

#include "fs/ext/journal/map.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define MANY 100000

/* Bytes of memory for each entry at most: an array doubles, and the old one still lives then. */
#define COPY_COST   (3 * sizeof(struct journal_copy))
#define REVOKE_COST (3 * sizeof(struct journal_revoke))
#define FIRST_COST  (64 * sizeof(struct journal_copy))

static void add(struct journal_map *m, uint64_t home, uint32_t tid, uint64_t at)
{
	const struct journal_copy copy = {.home = home, .tid = tid, .at = at};

	assert_int_equal(journal_map_add(m, &copy), OK);
}

static void revoke(struct journal_map *m, uint64_t home, uint32_t tid)
{
	assert_int_equal(journal_map_revoke(m, home, tid), OK);
}

/* Where the map has the block; 0: nowhere. */
static uint64_t at(struct journal_map *m, uint64_t home)
{
	const struct journal_copy *copy = journal_map_find(m, home);

	return copy != NULL && copy->home == home ? copy->at : 0;
}

static void an_empty_map_finds_nothing(void **state)
{
	struct journal_map m = {0};

	(void)state;
	journal_map_finish(&m);
	assert_null(journal_map_find(&m, 0));
	journal_map_free(&m);
	assert_int_equal(memory_used, 0);
}

static void the_newest_copy_wins(void **state)
{
	struct journal_map m = {0};

	(void)state;
	add(&m, 7, 1, 100);
	add(&m, 3, 1, 101);
	add(&m, 7, 2, 102);
	add(&m, 7, 2, 103);
	add(&m, UINT64_MAX, 2, 104);
	journal_map_finish(&m);
	assert_int_equal(m.count, 3);
	assert_int_equal(at(&m, 3), 101);
	assert_int_equal(at(&m, 7), 103);
	assert_int_equal(at(&m, UINT64_MAX), 104);
	assert_int_equal(journal_map_find(&m, 0)->home, 3);
	assert_int_equal(journal_map_find(&m, 4)->home, 7);
	assert_int_equal(journal_map_find(&m, 8)->home, UINT64_MAX);
	journal_map_free(&m);
}

static void a_revoke_voids_copies_up_to_its_own_transaction(void **state)
{
	struct journal_map m = {0};

	(void)state;
	add(&m, 1, 4, 100);
	add(&m, 2, 5, 101);
	add(&m, 3, 6, 102);
	add(&m, 4, 4, 103);
	for (uint64_t home = 1; home <= 3; home++)
		revoke(&m, home, 5);
	revoke(&m, 3, 2);
	journal_map_finish(&m);
	assert_int_equal(at(&m, 1), 0);
	assert_int_equal(at(&m, 2), 0);
	assert_int_equal(at(&m, 3), 102);
	assert_int_equal(at(&m, 4), 103);
	journal_map_free(&m);
}

static void the_newest_revoke_counts_in_any_order(void **state)
{
	static const uint32_t tids[] = {3, 9, 5};

	(void)state;
	for (size_t first = 0; first < 3; first++) {
		struct journal_map m = {0};

		add(&m, 1, 9, 100);
		add(&m, 2, 10, 101);
		for (size_t i = 0; i < 3; i++) {
			revoke(&m, 1, tids[(first + i) % 3]);
			revoke(&m, 2, tids[(first + i) % 3]);
		}
		journal_map_finish(&m);
		assert_int_equal(at(&m, 1), 0);
		assert_int_equal(at(&m, 2), 101);
		journal_map_free(&m);
	}
}

static void records_are_made_use_of_before_the_end(void **state)
{
	struct journal_map m = {0};

	(void)state;
	for (uint64_t home = 1; home <= 6; home++)
		add(&m, home, 4, 100 + home);
	revoke(&m, 5, 4);
	revoke(&m, 1, 4);
	add(&m, 1, 5, 201);
	revoke(&m, 2, 5);
	/* Transaction 4 counts, and of 5 nobody knows yet. */
	assert_int_equal(journal_map_settle(&m, 6, 2), 4);
	assert_int_equal(m.count, 5);
	assert_int_equal(m.revokes_count, 1);
	add(&m, 3, 5, 203);
	journal_map_finish(&m);
	assert_int_equal(at(&m, 1), 201);
	assert_int_equal(at(&m, 2), 0);
	assert_int_equal(at(&m, 3), 203);
	assert_int_equal(at(&m, 4), 104);
	assert_int_equal(at(&m, 5), 0);
	assert_int_equal(at(&m, 6), 106);
	journal_map_free(&m);
}

static void transaction_numbers_are_a_ring(void **state)
{
	struct journal_map m = {0};

	(void)state;
	add(&m, 1, UINT32_MAX, 100);
	add(&m, 1, 0, 101);
	add(&m, 2, 0, 102);
	add(&m, 3, UINT32_MAX, 103);
	add(&m, 4, 0x80000000, 104);
	revoke(&m, 2, UINT32_MAX);
	revoke(&m, 3, 0);
	revoke(&m, 3, UINT32_MAX - 1);
	revoke(&m, 4, 0x7fffffff);
	journal_map_finish(&m);
	assert_int_equal(at(&m, 1), 101);
	assert_int_equal(at(&m, 2), 102);
	assert_int_equal(at(&m, 3), 0);
	assert_int_equal(at(&m, 4), 104);
	journal_map_free(&m);
}

static void a_copy_gives_way_to_older_ones_and_then_to_the_block_itself(void **state)
{
	static const uint64_t expected[] = {103, 102, 100, 7, 7};
	struct journal_map m = {0};
	struct journal_copy *copy;

	(void)state;
	add(&m, 7, 1, 100);
	add(&m, 9, 1, 101);
	add(&m, 7, 2, 102);
	add(&m, 7, 2, 103);
	add(&m, 8, 2, 104);
	add(&m, 9, 3, 105);
	revoke(&m, 9, 2);
	journal_map_finish(&m);
	assert_int_equal(m.count, 3);
	assert_int_equal(m.older, 2);
	copy = journal_map_find(&m, 7);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		assert_int_equal(copy->home, 7);
		assert_int_equal(copy->at, expected[i]);
		assert_int_equal(copy->checked, expected[i] == 7);
		journal_map_older(&m, copy);
	}
	assert_int_equal(at(&m, 8), 104);
	copy = journal_map_find(&m, 9);
	journal_map_older(&m, copy);
	assert_int_equal(copy->at, 9); /* the older one was revoked */
	journal_map_free(&m);
	assert_int_equal(memory_used, 0);
}

/* Homes from a small range, so that most come many times: the answer by brute force is an array. */
static void a_hundred_thousand_copies(void **state)
{
	static uint64_t newest[MANY / 4];
	struct journal_map m = {0};
	uint32_t seed = 1;

	(void)state;
	memset(newest, 0, sizeof(newest));
	memory_peak = 0;
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t home;

		seed = seed * 1664525 + 1013904223;
		home = (seed >> 8) % (MANY / 4);
		add(&m, home, i / 100, i + 1);
		newest[home] = i + 1;
		if (i % 3 == 0) {
			revoke(&m, home, i / 100);
			newest[home] = 0;
		}
	}
	assert_in_range(memory_peak, 1, FIRST_COST + MANY * COPY_COST + MANY / 3 * REVOKE_COST);
	/* A revoke covers the rest of its transaction too. */
	for (uint32_t i = 0; i < m.revokes_count; i++) {
		const struct journal_revoke *r = &m.revokes[i];

		if (newest[r->home] != 0 && (newest[r->home] - 1) / 100 <= r->tid)
			newest[r->home] = 0;
	}
	journal_map_finish(&m);
	for (uint64_t home = 0; home < MANY / 4; home++)
		assert_int_equal(at(&m, home), newest[home]);
	for (size_t i = 1; i < m.count; i++)
		assert_true(m.copies[i - 1].home < m.copies[i].home);
	journal_map_free(&m);
	assert_int_equal(memory_used, 0);
}

static void memory_may_end_at_any_step(void **state)
{
	size_t step = 64 * sizeof(struct journal_revoke);

	(void)state;
	for (memory_budget = 0; memory_budget < 30 * step; memory_budget += step / 2) {
		const struct journal_copy copy = {.home = 1};
		struct journal_map m = {0};
		unsigned copies = 0, revokes = 0;
		bool full = false;

		while (!full) {
			full = journal_map_add(&m, &copy) != OK;
			copies += !full;
			if (!full)
				full = journal_map_revoke(&m, 2, 1) != OK;
			revokes += !full;
		}
		/* What was there before is still there. */
		assert_int_equal(m.count, copies);
		assert_int_equal(m.revokes_count, revokes);
		journal_map_finish(&m);
		assert_int_equal(m.count, copies > 0);
		journal_map_free(&m);
		assert_int_equal(memory_used, 0);
	}
	memory_budget = SIZE_MAX;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_finds_nothing),
		cmocka_unit_test(the_newest_copy_wins),
		cmocka_unit_test(a_revoke_voids_copies_up_to_its_own_transaction),
		cmocka_unit_test(the_newest_revoke_counts_in_any_order),
		cmocka_unit_test(records_are_made_use_of_before_the_end),
		cmocka_unit_test(transaction_numbers_are_a_ring),
		cmocka_unit_test(a_copy_gives_way_to_older_ones_and_then_to_the_block_itself),
		cmocka_unit_test(a_hundred_thousand_copies),
		cmocka_unit_test(memory_may_end_at_any_step),
	};

	return cmocka_run_group_tests_name("journal_map", tests, NULL, NULL);
}
