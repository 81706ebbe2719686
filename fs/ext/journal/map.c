/* The map from a block to its newest committed copy: two arrays, sorted and searched by halves. */
#include "fs/ext/journal/map.h"

#include "base/bytes.h"
#include "base/mem.h"

#define CAPACITY_FIRST 2048

/* Doubles an array of COUNT elements of SIZE bytes, which is full. */
static enum status grow(void **array, size_t count, size_t *capacity, size_t size)
{
	size_t more = *capacity == 0 ? CAPACITY_FIRST : *capacity * 2;
	void *bigger;

	if (count == JOURNAL_RECORDS_MAX)
		return E_LIMIT;
	if (more > SIZE_MAX / size)
		return E_NO_MEMORY;
	bigger = mem_alloc(more * size);
	if (bigger == NULL)
		return E_NO_MEMORY;
	if (count > 0)
		memcpy(bigger, *array, count * size);
	mem_free(*array, *capacity * size);
	*array = bigger;
	*capacity = more;
	return OK;
}

enum status journal_map_add(struct journal_map *m, const struct journal_copy *copy)
{
	void *array = m->copies;
	enum status status = OK;

	if (m->count == m->capacity)
		status = grow(&array, m->count, &m->capacity, sizeof(*m->copies));
	m->copies = array;
	if (status == OK) {
		m->copies[m->count] = *copy;
		m->copies[m->count].order = (uint32_t)m->count;
		m->count++;
	}
	return status;
}

enum status journal_map_revoke(struct journal_map *m, uint64_t home, uint32_t tid)
{
	void *array = m->revokes;
	enum status status = OK;

	if (m->revokes_count == m->revokes_capacity)
		status = grow(&array, m->revokes_count, &m->revokes_capacity, sizeof(*m->revokes));
	m->revokes = array;
	if (status == OK)
		m->revokes[m->revokes_count++] = (struct journal_revoke){home, tid};
	return status;
}

bool journal_map_full(const struct journal_map *m)
{
	return m->count == JOURNAL_RECORDS_MAX || m->revokes_count == JOURNAL_RECORDS_MAX;
}

typedef bool less_fn(const void *array, size_t a, size_t b);
typedef void swap_fn(void *array, size_t a, size_t b);

static void sift_down(void *array, size_t root, size_t n, less_fn *less, swap_fn *swap)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && less(array, child, child + 1))
			child++;
		if (!less(array, root, child))
			return;
		swap(array, root, child);
	}
}

static bool is_sorted(const void *array, size_t n, less_fn *less)
{
	for (size_t i = 1; i < n; i++) {
		if (less(array, i, i - 1))
			return false;
	}
	return true;
}

/* Heapsort: no recursion, no memory, and no input makes it slow. What Linux wrote in one go is in
 * order already, and only checked. */
static void sort(void *array, size_t n, less_fn *less, swap_fn *swap)
{
	if (is_sorted(array, n, less))
		return;
	for (size_t i = n / 2; i-- > 0;)
		sift_down(array, i, n, less, swap);
	for (size_t end = n; end-- > 1;) {
		swap(array, 0, end);
		sift_down(array, 0, end, less, swap);
	}
}

static bool copy_less(const void *array, size_t a, size_t b)
{
	const struct journal_copy *x = (const struct journal_copy *)array + a;
	const struct journal_copy *y = (const struct journal_copy *)array + b;

	return x->home != y->home ? x->home < y->home : x->order < y->order;
}

/* Sorts the newest copies of all blocks before the older ones. */
static bool newest_less(const void *array, size_t a, size_t b)
{
	const struct journal_copy *copies = array;

	return copies[a].newest != copies[b].newest ? copies[a].newest : copy_less(array, a, b);
}

static void copy_swap(void *array, size_t a, size_t b)
{
	struct journal_copy *copies = array, kept = copies[a];

	copies[a] = copies[b];
	copies[b] = kept;
}

/* True when transaction A is newer than B. */
static bool tid_newer(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static bool revoke_less(const void *array, size_t a, size_t b)
{
	const struct journal_revoke *x = (const struct journal_revoke *)array + a;
	const struct journal_revoke *y = (const struct journal_revoke *)array + b;

	return x->home != y->home ? x->home < y->home : tid_newer(y->tid, x->tid);
}

static void revoke_swap(void *array, size_t a, size_t b)
{
	struct journal_revoke *revokes = array, kept = revokes[a];

	revokes[a] = revokes[b];
	revokes[b] = kept;
}

/* True when COPY is void: one of the first N revoke records, which are sorted, has its block, of
 * the same or a later transaction. */
static bool is_revoked(const struct journal_map *m, size_t n, const struct journal_copy *copy)
{
	size_t low = 0, high = n;

	/* In the end the last record for the block, which is the newest, stands just before `low`.
	 */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->revokes[middle].home <= copy->home)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && m->revokes[low - 1].home == copy->home &&
	       !tid_newer(copy->tid, m->revokes[low - 1].tid);
}

size_t journal_map_settle(struct journal_map *m, size_t copies, size_t revokes)
{
	size_t kept = 0, left = copies;

	sort(m->revokes, revokes, revoke_less, revoke_swap);
	for (size_t i = 0; i < m->count; i++) {
		if (is_revoked(m, revokes, &m->copies[i])) {
			left -= i < copies;
			continue;
		}
		if (kept != i) {
			m->copies[kept] = m->copies[i];
			m->copies[kept].order = (uint32_t)kept;
		}
		kept++;
	}
	m->count = kept;
	m->revokes_count -= revokes;
	for (size_t i = 0; i < m->revokes_count; i++)
		m->revokes[i] = m->revokes[revokes + i];
	return left;
}

void journal_map_finish(struct journal_map *m)
{
	size_t kept = journal_map_settle(m, m->count, m->revokes_count);

	sort(m->copies, kept, copy_less, copy_swap);
	m->count = 0;
	for (size_t i = 0; i < kept; i++) {
		m->copies[i].newest = i + 1 == kept || m->copies[i + 1].home != m->copies[i].home;
		m->count += m->copies[i].newest;
	}
	m->older = kept - m->count;
	if (m->older > 0)
		sort(m->copies, kept, newest_less, copy_swap);
	mem_free(m->revokes, m->revokes_capacity * sizeof(*m->revokes));
	m->revokes = NULL;
	m->revokes_capacity = 0;
}

/* How many of N sorted copies come before copy ORDER of block HOME. */
static size_t count_before(const struct journal_copy *copies, size_t n, uint64_t home,
			   uint32_t order)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct journal_copy *c = &copies[middle];

		if (c->home < home || (c->home == home && c->order < order))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct journal_copy *journal_map_find(struct journal_map *m, uint64_t block)
{
	size_t n = count_before(m->copies, m->count, block, 0);

	return n < m->count ? &m->copies[n] : NULL;
}

void journal_map_older(struct journal_map *m, struct journal_copy *copy)
{
	const struct journal_copy *older = m->copies + m->count;
	size_t n = count_before(older, m->older, copy->home, copy->order);

	if (n > 0 && older[n - 1].home == copy->home)
		*copy = older[n - 1];
	else
		*copy = (struct journal_copy){
			.home = copy->home, .at = copy->home, .checked = true};
}

void journal_map_free(struct journal_map *m)
{
	mem_free(m->copies, m->capacity * sizeof(*m->copies));
	mem_free(m->revokes, m->revokes_capacity * sizeof(*m->revokes));
	*m = (struct journal_map){0};
}
