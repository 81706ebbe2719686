/* Kernels in a gzip file. Numbers in comments are sections of RFC 1952.
 *
 * As in GRUB, the last bytes of the file are the content's checksum and size: nothing may follow
 * them, also no second gzip file. */
#include "config/image/gzip.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/mem.h"
#include "config/image/inflate.h"
#include "config/image/pe.h"
#include "fs/volume.h"

/* 2.3.1 */
struct member {
	uint8_t id[2], method, flags;
	le32 time;
	uint8_t extra_flags, os;
};

struct trailer {
	le32 crc, size;
};

_Static_assert(sizeof(struct member) == 10, "");
_Static_assert(sizeof(struct trailer) == 8, "");

#define DEFLATE       8
#define FLAG_CRC      0x02
#define FLAG_EXTRA    0x04
#define FLAG_NAME     0x08
#define FLAG_COMMENT  0x10
#define FLAGS_UNKNOWN 0xe0

/* The most bytes that a byte of DEFLATE data unpacks to: 258 for two bits. */
#define RATIO_MAX 1032

bool gzip_is(const void *head, size_t n)
{
	return n >= sizeof(struct member) + sizeof(struct trailer) &&
	       memcmp(head, "\x1f\x8b", 2) == 0;
}

/* Moves *AT behind a text that ends with NUL; to END when there is no NUL before it. */
static void skip_text(const uint8_t **at, const uint8_t *end)
{
	while (*at < end && *(*at)++ != 0)
		;
}

/* Where the packed bytes begin in a file for which gzip_is() is true, and whose first bytes lie
 * from P to END: 2.3. END when they do not begin before, or are packed in another way. */
static const uint8_t *skip_header(const uint8_t *p, const uint8_t *end)
{
	const struct member *m = (const void *)p;
	const uint8_t *at = p + sizeof(*m);

	if (m->method != DEFLATE || m->flags & FLAGS_UNKNOWN)
		return end;
	if (m->flags & FLAG_EXTRA)
		at += sizeof(le16) + get_le16(*(const le16 *)at);
	if (m->flags & FLAG_NAME)
		skip_text(&at, end);
	if (m->flags & FLAG_COMMENT)
		skip_text(&at, end);
	if (m->flags & FLAG_CRC)
		at += sizeof(le16);
	return at < end ? at : end;
}

/* Unpacks the file, or the beginning of one, that lies from P to END. Returns how many bytes it
 * made at TO, at most ROOM. */
static size_t unpack(const uint8_t *p, const uint8_t *end, uint8_t *to, size_t room)
{
	struct inflate in = {.from = skip_header(p, end), .end = end, .to = to, .room = room};

	inflate(&in);
	return in.made;
}

static enum status damaged(struct report *r)
{
	return fail(r, E_CORRUPT,
		    "is a damaged gzip file: what it unpacks to has not the size and the checksum "
		    "that its end says");
}

/* Gets the size of the content from the end of a file of BYTES bytes. A file that was cut off has
 * any number there. */
static enum status get_size(const struct trailer *end, uint64_t bytes, struct report *r,
			    size_t *size)
{
	*size = get_le32(end->size);
	if (*size > 0 && *size <= PE_MAX && *size / RATIO_MAX <= bytes)
		return OK;
	return fail(r, E_CORRUPT,
		    "is a damaged gzip file, or was cut off: its end says that it unpacks to %zu "
		    "bytes",
		    *size);
}

/* Unpacks the first bytes of the file to HEAD, which has room for PE_HEAD bytes, and checks them.
 */
static enum status check_content(const struct pe_file *f, uint8_t *head, struct pe *out)
{
	struct pe_file content = {.head = head, .report = f->report};
	struct trailer end;
	size_t mark = report_mark(f->report), size;
	enum status status = vol_read(f->volume, f->path, f->size - sizeof(end), &end, sizeof(end));

	if (status == OK)
		status = get_size(&end, f->size, f->report, &size);
	if (status != OK)
		return status;
	content.size = size;
	content.n = unpack(f->head, f->head + f->n, head, size < PE_HEAD ? size : PE_HEAD);
	if (content.n == 0)
		return damaged(f->report);
	status = pe_check(&content, out);
	return status == OK ? OK : fail_in(f->report, mark, status, "is a gzip file whose content");
}

enum status gzip_check(const struct pe_file *f, struct pe *out)
{
	uint8_t head[PE_HEAD];

	return gzip_is(f->head, f->n) ? check_content(f, head, out) : pe_check(f, out);
}

enum status gzip_unpack(void **file, size_t *bytes, struct report *r)
{
	const uint8_t *p = *file, *last = p + *bytes - sizeof(struct trailer);
	const struct trailer *end = (const void *)last;
	size_t size;
	enum status status = get_size(end, *bytes, r, &size);
	void *made;

	if (status != OK)
		return status;
	made = mem_alloc(size);
	if (made == NULL)
		return fail(r, E_NO_MEMORY, "no memory for the %zu bytes that it unpacks to", size);
	if (unpack(p, last, made, size) != size || ~crc32(~0u, made, size) != get_le32(end->crc)) {
		mem_free(made, size);
		return damaged(r);
	}
	mem_free(*file, *bytes);
	*file = made;
	*bytes = size;
	return OK;
}
