/* The log as a circle of records. A record is a head and a body, each of whole blocks of 512 bytes:
 *
 *      | head | 7 head | 7 body | 7 body | 7 body | head | 7 body | 6 body | 6 ...
 *        one block for 32 KiB of body               next    ^ the end of the log
 *
 * So that the end of the log can be found, the first word of each block is the cycle in which it
 * was written. What the body has in these places lies in the head, and is put back here. */
#include "fs/xfs/log/record.h"

#include "base/crc.h"
#include "base/mem.h"

uint32_t log_behind(const struct log *l, uint32_t at, uint32_t n)
{
	return (uint32_t)(((uint64_t)at + n) % l->blocks);
}

uint32_t log_before(const struct log *l, uint32_t at, uint32_t n)
{
	return log_behind(l, at, l->blocks - n);
}

uint32_t log_distance(const struct log *l, uint32_t from, uint32_t to)
{
	return log_behind(l, to, l->blocks - from);
}

enum status log_read(const struct log *l, uint32_t at, uint32_t n)
{
	uint32_t first = n < l->blocks - at ? n : l->blocks - at;
	enum status status = inodes_request(&l->fs->base, l->begin + (uint64_t)at * BBSIZE,
					    l->bytes, (size_t)first * BBSIZE);

	if (status != OK || first == n)
		return status;
	return inodes_request(&l->fs->base, l->begin, l->bytes + (size_t)first * BBSIZE,
			      (size_t)(n - first) * BBSIZE);
}

bool log_is_head(const uint8_t *block)
{
	return get_be32(((const struct xlog_rec_header *)block)->h_magicno) ==
	       XLOG_HEADER_MAGIC_NUM;
}

const char *log_decode_head(const struct log *l, uint32_t at, const uint8_t *block,
			    struct record *r)
{
	const struct xlog_rec_header *h = (const void *)block;
	uint32_t version = get_be32(h->h_version), room = get_be32(h->h_size);

	*r = (struct record){.at = at,
			     .lsn = get_be64(h->h_lsn),
			     .heads = 1,
			     .tail = (uint32_t)get_be64(h->h_tail_lsn),
			     .operations = get_be32(h->h_num_logops),
			     .n = get_be32(h->h_len)};
	if (!log_is_head(block))
		return "no record begins there";
	if (version != XLOG_VERSION_1 && version != XLOG_VERSION_2)
		return "its version is not known";
	if (r->n > BODY_MOST || (version == XLOG_VERSION_2 && room > BODY_MOST))
		return "its length is impossible";
	if (version == XLOG_VERSION_2 && room > XLOG_HEADER_CYCLE_SIZE)
		r->heads = (room - 1) / XLOG_HEADER_CYCLE_SIZE + 1;
	r->blocks = r->heads + (r->n + BBSIZE - 1) / BBSIZE;
	return r->n == 0 || r->blocks > l->blocks ? "its length is impossible" : NULL;
}

/* The checksum of a record whose first head has SIZE bytes. */
static uint32_t checksum(const uint8_t *bytes, const struct record *r, size_t size)
{
	const size_t at = offsetof(struct xlog_rec_header, h_crc), behind = at + sizeof(le32);
	static const uint8_t zeros[sizeof(le32)];
	uint32_t crc = crc32c(crc32c(~0u, bytes, at), zeros, sizeof(zeros));

	crc = crc32c(crc, bytes + behind, size - behind);
	for (size_t i = 1; i < r->heads && i * XLOG_HEADER_CYCLE_SIZE < r->n; i++)
		crc = crc32c(crc, bytes + i * BBSIZE, sizeof(struct xlog_rec_ext_header));
	return ~crc32c(crc, r->body, r->n);
}

/* Puts back the words in whose places the cycles lie. False when the head has no room for so many.
 */
static bool restore_words(const uint8_t *bytes, const struct record *r)
{
	const uint32_t each = XLOG_HEADER_CYCLE_SIZE / BBSIZE, blocks = r->blocks - r->heads;

	if (blocks > r->heads * each)
		return false;
	for (uint32_t i = 0; i < blocks; i++) {
		const struct xlog_rec_header *head = (const void *)bytes;
		const struct xlog_rec_ext_header *more =
			(const void *)(bytes + (size_t)(i / each) * BBSIZE);
		const be32 *words = i < each ? head->h_cycle_data : more->xh_cycle_data;

		memcpy(r->body + (size_t)i * BBSIZE, &words[i % each], sizeof(*words));
	}
	return true;
}

enum status log_record(const struct log *l, uint32_t at, struct record *r, const char **fault)
{
	const struct xlog_rec_header *h = (const void *)l->bytes;
	uint32_t some = RECORD_USUAL < l->blocks ? RECORD_USUAL : l->blocks, crc;
	enum status status = log_read(l, at, some);

	if (status != OK)
		return status;
	*fault = log_decode_head(l, at, l->bytes, r);
	if (*fault != NULL)
		return OK;
	if (r->blocks > some)
		status = log_read(l, at, r->blocks);
	if (status != OK)
		return status;
	r->body = l->bytes + (size_t)r->heads * BBSIZE;
	crc = get_le32(h->h_crc);
	if (crc == 0)
		r->crc = CRC_NONE;
	else if (crc != checksum(l->bytes, r, XLOG_REC_HEADER_SIZE) &&
		 crc != checksum(l->bytes, r, XLOG_REC_HEADER_SIZE_32BIT))
		r->crc = CRC_WRONG;
	if (!restore_words(l->bytes, r))
		*fault = "its length is impossible";
	return OK;
}
