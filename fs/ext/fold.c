/* Upper and lower case, for directories with casefold. */
#include "fs/ext/fold.h"
#include "base/utf8.h"

/* Simple case folding (Unicode's CaseFolding.txt, status C): ASCII, Latin-1, Latin Extended-A,
 * Greek, Cyrillic. Where STEP is 2, upper and lower case alternate, and FIRST is upper case. */
static const struct range {
	uint16_t first, last;
	int16_t to_lower;
	uint8_t step;
} ranges[] = {
	{'A', 'Z', 32, 1},       {0x00b5, 0x00b5, 775, 1},  {0x00c0, 0x00d6, 32, 1},
	{0x00d8, 0x00de, 32, 1}, {0x0100, 0x012e, 1, 2},    {0x0132, 0x0136, 1, 2},
	{0x0139, 0x0147, 1, 2},  {0x014a, 0x0176, 1, 2},    {0x0178, 0x0178, -121, 1},
	{0x0179, 0x017d, 1, 2},  {0x017f, 0x017f, -268, 1}, {0x0386, 0x0386, 38, 1},
	{0x0388, 0x038a, 37, 1}, {0x038c, 0x038c, 64, 1},   {0x038e, 0x038f, 63, 1},
	{0x0391, 0x03a1, 32, 1}, {0x03a3, 0x03ab, 32, 1},   {0x03c2, 0x03c2, 1, 1},
	{0x0400, 0x040f, 80, 1}, {0x0410, 0x042f, 32, 1},   {0x0460, 0x0480, 1, 2},
	{0x048a, 0x04be, 1, 2},  {0x04c0, 0x04c0, 15, 1},   {0x04c1, 0x04cd, 1, 2},
	{0x04d0, 0x052e, 1, 2},
};

static uint32_t fold(uint32_t c)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		const struct range *r = &ranges[i];

		if (c >= r->first && c <= r->last)
			return (c - r->first) % r->step == 0 ? c + r->to_lower : c;
	}
	return c;
}

bool ext_fold_equal(struct str a, struct str b)
{
	while (a.n > 0 && b.n > 0) {
		uint32_t ca = 0, cb = 0;
		size_t na = utf8_decode(a, &ca), nb = utf8_decode(b, &cb);

		if (na == 0 || nb == 0 || fold(ca) != fold(cb))
			return false;
		a = str_skip(a, na);
		b = str_skip(b, nb);
	}
	return a.n == b.n;
}
