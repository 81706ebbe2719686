/* The compiler calls memcmp() by itself, as it does memcpy(). It makes no call of it from a loop,
 * so this is not in assembly, and the same for every processor. */
#include "base/mem.h"

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != q[i])
			return p[i] - q[i];
	}
	return 0;
}
