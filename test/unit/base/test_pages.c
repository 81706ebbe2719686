/* base/pages.c: which pieces are kept, and that each page goes back exactly once. */
#include "base/pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "test/unit/test.h"

/* The pages that get() hands out, one behind the other, and which of them are out. */
#define WORLD 1024

static char *world;
static bool out[WORLD];
static size_t next_page, gets, left;
static struct pages pages;

static void *get(size_t n)
{
	char *at = world + next_page * PAGE_BYTES;

	gets++;
	if (n > left || n > WORLD - next_page)
		return NULL;
	left -= n;
	for (size_t i = 0; i < n; i++)
		out[next_page + i] = true;
	next_page += n;
	return at;
}

static void give(void *p, size_t n)
{
	size_t first = (size_t)((char *)p - world) / PAGE_BYTES;

	assert_in_range(first, 0, WORLD - n);
	for (size_t i = 0; i < n; i++) {
		assert_true(out[first + i]);
		out[first + i] = false;
	}
}

static size_t pages_out(void)
{
	size_t n = 0;

	for (size_t i = 0; i < WORLD; i++)
		n += out[i];
	return n;
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(posix_memalign((void **)&world, PAGE_BYTES, WORLD * PAGE_BYTES), 0);
	memset(out, 0, sizeof(out));
	next_page = gets = 0;
	left = WORLD;
	pages = (struct pages){.get = get, .give = give};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pages_give_back(&pages);
	assert_int_equal(pages_out(), 0);
	free(world);
	return 0;
}

static void small_pieces_are_cut_from_one_reserve(void **state)
{
	char *a = pages_alloc(&pages, 1), *b = pages_alloc(&pages, 2 * PAGE_BYTES),
	     *c = pages_alloc(&pages, 0);

	(void)state;
	assert_int_equal(gets, 1);
	assert_int_equal(pages_out(), PAGES_RESERVE);
	assert_ptr_equal(b, a + PAGE_BYTES);
	assert_ptr_equal(c, b + 2 * PAGE_BYTES);
	memset(a, 1, 1);
	memset(b, 2, 2 * PAGE_BYTES);
	pages_free(&pages, a, 1);
	pages_free(&pages, b, 2 * PAGE_BYTES);
	pages_free(&pages, c, 0);
}

static void a_freed_piece_serves_the_next_wish_of_as_many_pages(void **state)
{
	char *a = pages_alloc(&pages, 3 * PAGE_BYTES), *b;

	(void)state;
	pages_free(&pages, a, 3 * PAGE_BYTES);
	b = pages_alloc(&pages, PAGE_BYTES);
	assert_ptr_not_equal(a, b);
	pages_free(&pages, b, PAGE_BYTES);
	assert_ptr_equal(pages_alloc(&pages, 2 * PAGE_BYTES + 1), a);
	pages_free(&pages, a, 2 * PAGE_BYTES + 1);
	assert_int_equal(gets, 1);
}

static void a_large_piece_comes_and_goes_at_once(void **state)
{
	size_t n = (PAGES_KEPT + 1) * PAGE_BYTES;
	char *a = pages_alloc(&pages, n);

	(void)state;
	assert_non_null(a);
	assert_int_equal(pages_out(), PAGES_KEPT + 1);
	pages_free(&pages, a, n);
	assert_int_equal(pages_out(), 0);
}

static void the_rest_of_a_reserve_is_kept_when_a_new_one_is_taken(void **state)
{
	char *a, *b, *c;

	(void)state;
	a = pages_alloc(&pages, 30 * PAGE_BYTES);
	b = pages_alloc(&pages, 30 * PAGE_BYTES);
	c = pages_alloc(&pages, 10 * PAGE_BYTES); /* 4 were left */
	assert_int_equal(gets, 2);
	assert_ptr_equal(pages_alloc(&pages, 4 * PAGE_BYTES), a + 60 * PAGE_BYTES);
	assert_int_equal(gets, 2);
	pages_free(&pages, a + 60 * PAGE_BYTES, 4 * PAGE_BYTES);
	pages_free(&pages, c, 10 * PAGE_BYTES);
	pages_free(&pages, b, 30 * PAGE_BYTES);
	pages_free(&pages, a, 30 * PAGE_BYTES);
}

static void where_no_reserve_can_be_had_a_small_piece_may(void **state)
{
	char *a;

	(void)state;
	left = 5;
	a = pages_alloc(&pages, 5 * PAGE_BYTES);
	assert_non_null(a);
	assert_null(pages_alloc(&pages, 1));
	pages_free(&pages, a, 5 * PAGE_BYTES);
	assert_ptr_equal(pages_alloc(&pages, 5 * PAGE_BYTES), a);
	pages_free(&pages, a, 5 * PAGE_BYTES);
}

static void a_size_that_overflows_is_refused(void **state)
{
	(void)state;
	assert_null(pages_alloc(&pages, SIZE_MAX));
	assert_null(pages_alloc(&pages, SIZE_MAX - PAGE_BYTES + 1));
	assert_int_equal(gets, 0);
	pages_free(&pages, NULL, 1);
}

static void after_all_was_given_back_it_begins_anew(void **state)
{
	char *a = pages_alloc(&pages, 1);

	(void)state;
	pages_free(&pages, a, 1);
	pages_give_back(&pages);
	assert_int_equal(pages_out(), 0);
	a = pages_alloc(&pages, 1);
	assert_int_equal(gets, 2);
	pages_free(&pages, a, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(small_pieces_are_cut_from_one_reserve),
		TEST(a_freed_piece_serves_the_next_wish_of_as_many_pages),
		TEST(a_large_piece_comes_and_goes_at_once),
		TEST(the_rest_of_a_reserve_is_kept_when_a_new_one_is_taken),
		TEST(where_no_reserve_can_be_had_a_small_piece_may),
		TEST(a_size_that_overflows_is_refused),
		TEST(after_all_was_given_back_it_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
