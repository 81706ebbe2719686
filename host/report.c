/* The report on standard error. */
#include <stdio.h>

#include "base/str.h"
#include "host/command.h"

void report_print(const struct report *r)
{
	struct str rest = {r->text, r->n};

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		fprintf(stderr, "partless: %.*s\n", (int)line.n, line.p);
	}
	if (r->dropped > 0)
		fprintf(stderr, "partless: and %u line%s more\n", r->dropped,
			r->dropped == 1 ? "" : "s");
}
