/* Which characters of a stranger's text may go to a terminal, and how many columns each takes. */
#include "base/printable.h"

#include "base/utf8.h"

struct range {
	uint16_t first, last;
};

/* Unicode 16, DerivedCoreProperties.txt: Default_Ignorable_Code_Point. And beside those: U+2028 and
 * U+2029 end a line, U+202A to U+202E change its direction, U+FFF9 to U+FFFB hide the text between
 * them, and edk2's screen takes U+FFF0 and U+FFF1 for commands. */
static const struct range hidden[] = {
	{0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
	{0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
	{0xfdd0, 0xfdef}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
};

/* Unicode 16, EastAsianWidth.txt: W and F. Unassigned characters between two such ranges are taken
 * for wide, so that the ranges join. */
static const struct range wide[] = {
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x23f0, 0x23f0},
	{0x23f3, 0x23f3}, {0x25fd, 0x25fe}, {0x2614, 0x2615}, {0x2630, 0x2637}, {0x2648, 0x2653},
	{0x267f, 0x267f}, {0x268a, 0x268f}, {0x2693, 0x2693}, {0x26a1, 0x26a1}, {0x26aa, 0x26ab},
	{0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea},
	{0x26f2, 0x26f3}, {0x26f5, 0x26f5}, {0x26fa, 0x26fa}, {0x26fd, 0x26fd}, {0x2705, 0x2705},
	{0x270a, 0x270b}, {0x2728, 0x2728}, {0x274c, 0x274c}, {0x274e, 0x274e}, {0x2753, 0x2755},
	{0x2757, 0x2757}, {0x2795, 0x2797}, {0x27b0, 0x27b0}, {0x27bf, 0x27bf}, {0x2b1b, 0x2b1c},
	{0x2b50, 0x2b50}, {0x2b55, 0x2b55}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97f},
	{0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff01, 0xff60},
	{0xffe0, 0xffe6},
};

/* Combining marks: the blocks that hold nothing else; those of Hebrew, Arabic, Devanagari and Thai;
 * and the Hangul letters that join the letter before them. */
static const struct range combining[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
	{0x05c4, 0x05c5}, {0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670},
	{0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0900, 0x0902},
	{0x093a, 0x093a}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0951, 0x0957},
	{0x0962, 0x0963}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1160, 0x11ff},
	{0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0x3099, 0x309a},
	{0xfe20, 0xfe2f},
};

#define IS_IN(ranges, c) is_in(ranges, sizeof(ranges) / sizeof(*(ranges)), c)

static bool is_in(const struct range *r, size_t n, uint32_t c)
{
	for (; n > 0; n--, r++) {
		if (c >= r->first && c <= r->last)
			return true;
	}
	return false;
}

bool char_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* The hidden ones above U+FFFF: controls of shorthand and of musical notation, and tags. */
static bool is_hidden_high(uint32_t c)
{
	return (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

bool char_is_printable(uint32_t c)
{
	if (c < 0xa0)
		return !char_is_control(c);
	if ((c & 0xfffe) == 0xfffe || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	return c < 0x10000 ? !IS_IN(hidden, c) : !is_hidden_high(c);
}

/* The wide ones above U+FFFF, by whole blocks: scripts, emoji, ideographs. */
static bool is_wide_high(uint32_t c)
{
	return (c >= 0x16fe0 && c <= 0x1b2ff) || (c >= 0x1f300 && c <= 0x1f64f) ||
	       (c >= 0x1f680 && c <= 0x1f6ff) || (c >= 0x1f900 && c <= 0x1faff) ||
	       (c >= 0x20000 && c <= 0x3ffff);
}

unsigned char_width(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (c >= 0x10000)
		return is_wide_high(c) ? 2 : 1;
	if (IS_IN(combining, c))
		return 0;
	return IS_IN(wide, c) ? 2 : 1;
}

uint32_t printable_next(struct str *rest)
{
	uint32_t c = '?';
	size_t n = utf8_decode(*rest, &c);

	n += n == 0;
	*rest = str_skip(*rest, n);
	return char_is_printable(c) ? c : '?';
}

size_t printable_make(char *text, size_t n)
{
	struct str rest = {text, n};
	size_t to = 0;

	/* In place: a character is never longer than the bytes it stands for. */
	while (rest.n > 0)
		to += utf8_encode(printable_next(&rest), text + to);
	return to;
}
