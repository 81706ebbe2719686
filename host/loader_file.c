/* The loader's own file on the host. */
#include "host/loader_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pe_format.h"
#include "config/image/pe.h"
#include "host/digest.h"

enum status loader_file_read(const char *path, struct report *r, struct loader_file *file)
{
	FILE *f = fopen(path, "rb");
	const char *why = NULL;
	size_t n;

	*file = (struct loader_file){.bytes = {malloc(LOADER_FILE_MAX), 0}};
	if (f == NULL || file->bytes.p == NULL) {
		why = strerror(errno);
	} else {
		n = fread((char *)file->bytes.p, 1, LOADER_FILE_MAX, f);
		why = ferror(f)              ? strerror(errno)
		      : n == 0               ? "it is empty"
		      : n == LOADER_FILE_MAX ? "it is too large for a loader"
					     : NULL;
		file->bytes.n = n;
	}
	if (f != NULL)
		fclose(f);
	if (why == NULL)
		return OK;
	loader_file_free(file);
	return fail(r, E_IO, "cannot read the loader %s: %s", path, why);
}

/* The line of SBAT that begins with "partless,", without that: "1,Partless,partless,0.1.0,...". ""
 * if there is none. */
static struct str sbat_line(struct str file)
{
	uint64_t at, n;
	struct str text;

	if (!pe_section(file.p, file.n < PE_HEAD ? file.n : PE_HEAD, ".sbat", &at, &n) ||
	    at > file.n || n > file.n - at)
		return S("");
	for (text = (struct str){file.p + at, (size_t)n}; text.n > 0;) {
		struct str line = str_cut(&text, '\n');

		if (str_cut_prefix(&line, S("partless,")))
			return line;
	}
	return S("");
}

enum status loader_file_check(struct loader_file *file, const char *path, struct report *r)
{
	const struct pe_file pe_file = {
		.head = (const uint8_t *)file->bytes.p,
		.n = file->bytes.n < PE_HEAD ? file->bytes.n : PE_HEAD,
		.size = file->bytes.n,
		.report = r,
		.path = str_of(path),
	};
	size_t mark = report_mark(r);
	struct pe pe;
	struct digest digest;
	enum status status = pe_check(&pe_file, &pe);
	struct str line = sbat_line(file->bytes);

	if (status == OK && !digest_program(file->bytes, &digest))
		status = fail(r, E_CORRUPT, "has a damaged program header");
	if (status == OK && line.n == 0)
		status = fail(r, E_WRONG_TYPE,
			      "is not the Partless loader: its SBAT does not say so");
	if (status != OK)
		return fail_in(r, mark, status, "the loader %s", path);
	file->generation = str_cut(&line, ',');
	(void)str_cut(&line, ',');
	(void)str_cut(&line, ',');
	file->version = str_cut(&line, ',');
	file->is_signed = pe.is_signed;
	return OK;
}

void loader_file_free(struct loader_file *file)
{
	free((char *)file->bytes.p);
	file->bytes = S("");
}
