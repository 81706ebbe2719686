/* Lays out an EFI program in memory (Microsoft's "PE Format", sections 3, 4 and 5.6). */
#include "pack/layout.h"

#include <stdbool.h>
#include <string.h>

#include "base/pe_format.h"
#include "pack/calls.h"

#define PAGE    4096u
#define PADDING 0

struct program {
	unsigned char *to;
	size_t room, n; /* bytes at TO, and how many of them are used */
	size_t moved;   /* where the last relocation applies */
};

/* The N bytes from byte AT on of SIZE bytes; NULL when they are not all there. */
static const void *part(const unsigned char *bytes, size_t size, size_t at, size_t n)
{
	return at <= size && n <= size - at ? bytes + at : NULL;
}

static bool put_section(struct program *p, const unsigned char *file, size_t n,
			const struct section_header *s)
{
	size_t at = get_le32(s->virtual_address), size = get_le32(s->virtual_size);
	size_t stored = get_le32(s->raw_data_size);
	const void *bytes = part(file, n, get_le32(s->data_addr), stored);

	stored = stored < size ? stored : size;
	if (bytes == NULL || part(p->to, p->n, at, size) == NULL)
		return false;
	memcpy(p->to + at, bytes, stored);
	return true;
}

/* Appends the relocation that applies at PLACE to the list. */
static bool put_move(struct program *p, size_t place)
{
	le32 distance = to_le32((uint32_t)(place - p->moved));

	if (place < p->moved || p->room - p->n < sizeof(distance))
		return false;
	memcpy(p->to + p->n, &distance, sizeof(distance));
	p->n += sizeof(distance);
	p->moved = place;
	return true;
}

/* Appends the relocations of the blocks in the N bytes AT. */
static bool put_moves(struct program *p, const unsigned char *at, size_t n)
{
	const struct data_dirent *block;
	const le16 *entry;

	for (size_t size; n > 0; at += size, n -= size) {
		block = part(at, n, 0, sizeof(*block));
		size = block != NULL ? get_le32(block->size) : 0;
		if (size < sizeof(*block) || size > n)
			return false;
		entry = (const le16 *)(block + 1);
		for (size_t i = 0; i < (size - sizeof(*block)) / sizeof(*entry); i++) {
			unsigned kind = get_le16(entry[i]) >> 12, low = get_le16(entry[i]) % PAGE;

			if (kind != PADDING &&
			    (kind != IMAGE_REL_BASED_DIR64 ||
			     !put_move(p, get_le32(block->virtual_address) + low)))
				return false;
		}
	}
	return true;
}

/* Puts the program's relocations into the list of `struct layout`, behind the program. Zeros, which
 * pack well, take their place. */
static bool put_relocations(struct program *p, const struct data_dirent *d)
{
	size_t at = get_le32(d->virtual_address), n = get_le32(d->size);

	if (part(p->to, p->n, at, n) == NULL || !put_moves(p, p->to + at, n))
		return false;
	memset(p->to + at, 0, n);
	return true;
}

static calls_fn *calls_of(unsigned machine)
{
	return machine == IMAGE_FILE_MACHINE_AMD64   ? x86_64_calls
	       : machine == IMAGE_FILE_MACHINE_ARM64 ? aarch64_calls
						     : NULL;
}

/* Has the calls in the code that HEAD tells of name places. */
static bool put_calls(struct program *p, const struct layout *head, calls_fn *calls)
{
	size_t code = get_le32(head->code), n = get_le32(head->code_end) - code;

	if (calls == NULL || part(p->to, p->n, code, n) == NULL)
		return false;
	calls(p->to + code, n, PLACES);
	return true;
}

static bool put_program(struct program *p, const unsigned char *file, size_t n,
			const struct pe_hdr *pe, const struct pe32plus_opt_hdr *opt)
{
	const struct data_dirent *dirs = (const void *)(opt + 1);
	const struct section_header *s =
		(const void *)((const char *)opt + get_le16(pe->opt_hdr_size));
	uint32_t code = get_le32(opt->code_base), size = get_le32(opt->text_size);
	struct layout head = {
		.entry = opt->entry_point,
		.code = opt->code_base,
		.code_end = to_le32((code + size + PAGE - 1) / PAGE * PAGE),
		.moves = opt->image_size,
	};

	p->n = get_le32(opt->image_size);
	memset(p->to, 0, p->n);
	for (unsigned i = 0; i < get_le16(pe->sections); i++) {
		if (!put_section(p, file, n, &s[i]))
			return false;
	}
	if (!put_relocations(p, &dirs[PE_RELOCATIONS]) ||
	    !put_calls(p, &head, calls_of(get_le16(pe->machine))))
		return false;
	head.move_end = to_le32((uint32_t)p->n);
	memcpy(p->to, &head, sizeof(head));
	return true;
}

size_t layout(const unsigned char *file, size_t n, unsigned char *to, size_t room)
{
	const struct mz_hdr *mz = part(file, n, 0, sizeof(*mz));
	size_t at = mz != NULL ? get_le32(mz->peaddr) : 0, more;
	const struct pe_hdr *pe = part(file, n, at, sizeof(*pe));
	const struct pe32plus_opt_hdr *opt;
	struct program p = {.to = to, .room = room};

	if (pe == NULL || memcmp(pe->magic, "PE\0", 4) != 0)
		return 0;
	more = get_le16(pe->opt_hdr_size) + get_le16(pe->sections) * sizeof(struct section_header);
	opt = part(file, n, at + sizeof(*pe), more);
	if (opt == NULL || get_le32(opt->data_dirs) <= PE_RELOCATIONS ||
	    get_le32(opt->image_size) > room || get_le32(opt->code_base) < sizeof(struct layout))
		return 0;
	return put_program(&p, file, n, pe, opt) ? p.n : 0;
}
