/* The digest of a program, as firmware measures it and as a signature holds it. */
#include "base/pe_format.h"
#include "host/digest.h"

#include <string.h>

#define CHECKSUM_AT  64 /* in the optional header */
#define CERTIFICATES 4  /* the data directory of signatures */
#define SECTIONS_MAX 96
#define PARTS_MAX    (SECTIONS_MAX + 4)

/* What is hashed of a file. */
struct parts {
	struct str file;
	struct str part[PARTS_MAX];
	unsigned count;
	uint64_t hashed; /* bytes; as edk2 counts, with what the headers leave out */
	bool bad;
};

static const void *at(struct parts *p, uint64_t offset, uint64_t bytes)
{
	if (offset > p->file.n || bytes > p->file.n - offset) {
		p->bad = true;
		return NULL;
	}
	return p->file.p + offset;
}

static void add(struct parts *p, uint64_t from, uint64_t to)
{
	const char *begin = to >= from ? at(p, from, to - from) : NULL;

	if (begin == NULL)
		p->bad = true;
	else
		p->part[p->count++] = (struct str){begin, to - from};
}

/* All headers but for the checksum and the place of the signatures. Returns how many bytes those
 * take. */
static uint64_t add_headers(struct parts *p, uint64_t opt_at, const struct pe32plus_opt_hdr *opt)
{
	uint64_t end = get_le32(opt->header_size), behind = opt_at + CHECKSUM_AT + 4;
	uint64_t entry = opt_at + sizeof(*opt) + CERTIFICATES * sizeof(struct data_dirent);
	const struct data_dirent *signatures;

	add(p, 0, opt_at + CHECKSUM_AT);
	p->hashed = end;
	if (get_le32(opt->data_dirs) <= CERTIFICATES) {
		add(p, behind, end);
		return 0;
	}
	signatures = at(p, entry, sizeof(*signatures));
	add(p, behind, entry);
	add(p, entry + sizeof(*signatures), end);
	return signatures != NULL ? get_le32(signatures->size) : 0;
}

/* The sections, in the order of the file. */
static void add_sections(struct parts *p, const struct section_header *s, unsigned count)
{
	const struct section_header *sorted[SECTIONS_MAX];

	for (unsigned i = 0; i < count; i++) {
		unsigned to = i;

		for (; to > 0 && get_le32(s[i].data_addr) < get_le32(sorted[to - 1]->data_addr);
		     to--)
			sorted[to] = sorted[to - 1];
		sorted[to] = &s[i];
	}
	for (unsigned i = 0; i < count; i++) {
		uint64_t from = get_le32(sorted[i]->data_addr);
		uint64_t bytes = get_le32(sorted[i]->raw_data_size);

		if (bytes > 0)
			add(p, from, from + bytes);
		p->hashed += bytes;
	}
}

bool digest_program(struct str file, struct digest *d)
{
	struct parts p = {.file = file};
	const struct mz_hdr *mz = at(&p, 0, sizeof(*mz));
	uint64_t pe_at = mz != NULL ? get_le32(mz->peaddr) : 0,
		 opt_at = pe_at + sizeof(struct pe_hdr);
	const struct pe_hdr *pe = at(&p, pe_at, sizeof(*pe));
	const struct pe32plus_opt_hdr *opt = at(&p, opt_at, sizeof(*opt));
	const struct section_header *sections;
	uint64_t signatures, sections_at;
	unsigned count;

	if (pe == NULL || opt == NULL || memcmp(pe->magic, "PE\0", 4) != 0 ||
	    get_le16(opt->magic) != PE_OPT_MAGIC_PE32PLUS)
		return false;
	count = get_le16(pe->sections);
	sections_at = opt_at + get_le16(pe->opt_hdr_size);
	sections = at(&p, sections_at, count * sizeof(*sections));
	if (sections == NULL || count > SECTIONS_MAX)
		return false;
	signatures = add_headers(&p, opt_at, opt);
	add_sections(&p, sections, count);
	if (file.n > p.hashed)
		add(&p, p.hashed, file.n - signatures);
	if (p.bad)
		return false;
	digest_parts(p.part, p.count, d);
	return true;
}
