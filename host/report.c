/* Printing the report. */
#include "host/command.h"

void print_lines(FILE *f, struct str lines, const char *before)
{
	while (lines.n > 0) {
		struct str line = str_cut(&lines, '\n');

		fprintf(f, "%s%.*s\n", before, STR_ARG(line));
	}
}

void print_report(const struct report *r, FILE *f, const char *before)
{
	print_lines(f, report_since(r, 0), before);
	if (r->dropped > 0)
		fprintf(f, "%sand %u line%s more\n", before, r->dropped,
			r->dropped == 1 ? "" : "s");
}
