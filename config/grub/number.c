/* Numbers as GRUB reads them. */
#include "config/grub/number.h"

unsigned grub_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
}

int grub_number(struct str s, unsigned base, uint64_t *n, size_t *end)
{
	size_t i = 0, digits = 0;
	int result = GRUB_OK;

	*n = 0;
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r'))
		i++;
	if (base % 16 == 0 && s.n - i > 1 && s.p[i] == '0' && s.p[i + 1] == 'x') {
		base = 16;
		i += 2;
	} else if (base == 0) {
		base = s.n - i > 1 && s.p[i] == '0' && grub_digit(s.p[i + 1]) < 8 ? 8 : 10;
	}
	for (; i < s.n && grub_digit(s.p[i]) < base && result == GRUB_OK; digits++) {
		if (*n > (UINT64_MAX - grub_digit(s.p[i])) / base)
			result = GRUB_OUT_OF_RANGE;
		else
			*n = *n * base + grub_digit(s.p[i++]);
	}
	if (result != GRUB_OK)
		*n = UINT64_MAX;
	if (end != NULL)
		*end = i;
	return digits > 0 ? result : GRUB_BAD_NUMBER;
}

int grub_signed(struct str s)
{
	bool minus = str_cut_prefix(&s, S("-"));
	uint64_t n;

	(void)grub_number(s, 0, &n, NULL);
	return (int)(uint32_t)(minus ? -n : n);
}
