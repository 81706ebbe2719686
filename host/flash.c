/* Finds the firmware volume with variables in a file that is a machine's flash. */
#include "host/flash.h"

#include <string.h>

#include "base/bytes.h"
#include "loader/vendors.h"

/* Bytes: the largest flash that QEMU gives a machine ("virt" on 64-bit Arm). */
#define FLASH_MOST (64u << 20)

/* Bytes that are read at once to see whether a flash is blank. */
#define BLANK_CHUNK (64u << 10)

/* EFI_FIRMWARE_VOLUME_HEADER: UEFI PI specification, volume 3, 3.2.1. A block map of pairs of
 * numbers follows, the last of them zeros; it belongs to the header. */
struct volume_header {
	uint8_t zero_vector[16];
	uint8_t file_system[GUID_BYTES];
	le64 length; /* bytes of the whole volume */
	char signature[4];
	le32 attributes;
	le16 header_length; /* bytes, with the block map */
	le16 checksum;      /* makes the sum of the header's 16-bit numbers 0 */
	le16 ext_header_offset;
	uint8_t reserved;
	uint8_t revision;
};

_Static_assert(sizeof(struct volume_header) == 56, "");
_Static_assert(offsetof(struct volume_header, file_system) == 16, "");
_Static_assert(offsetof(struct volume_header, length) == 32, "");
_Static_assert(offsetof(struct volume_header, signature) == 40, "");
_Static_assert(offsetof(struct volume_header, header_length) == 48, "");
_Static_assert(offsetof(struct volume_header, revision) == 55, "");

#define MAP_ENTRY 8u /* bytes of a pair in the block map */
#define REVISION  2u /* the only one */

/* EFI_SYSTEM_NV_DATA_FV_GUID: fff12b8d-7696-4c8b-a985-2747075b4f50 */
static const uint8_t variables_guid[GUID_BYTES] = {0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c,
						   0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50};

bool flash_is_all(const uint8_t *p, size_t n, uint8_t byte)
{
	while (n > 0 && *p == byte)
		p++, n--;
	return n == 0;
}

/* Sees to all that the volume's header says of itself and of the file. */
static enum status check_header(const struct block *b, const struct volume_header *h)
{
	uint64_t length = get_le64(h->length);
	uint16_t header = get_le16(h->header_length);

	if (memcmp(h->file_system, variables_guid, GUID_BYTES) != 0)
		return fail(b->report, E_UNSUPPORTED,
			    "%.*s is a firmware volume, but not one of variables, perhaps the "
			    "firmware's code" WHICH_FILE,
			    STR_ARG(b->name));
	if (h->revision != REVISION)
		return fail(b->report, E_UNSUPPORTED,
			    "%.*s: its firmware volume has revision %u, only %u is read" DAMAGED,
			    STR_ARG(b->name), h->revision, REVISION);
	if (length > b->size)
		return fail(b->report, E_CORRUPT,
			    "%.*s has %lu bytes, its firmware volume %lu: the file was cut off; "
			    "copy all of it",
			    STR_ARG(b->name), (unsigned long)b->size, (unsigned long)length);
	if (header < sizeof(*h) + MAP_ENTRY || (header - sizeof(*h)) % MAP_ENTRY != 0 ||
	    header > length)
		return fail(b->report, E_CORRUPT,
			    "%.*s: the header of its firmware volume cannot have %u bytes" DAMAGED,
			    STR_ARG(b->name), header);
	return OK;
}

/* The sum of the 16-bit numbers in N bytes, N even. */
static uint16_t sum(const uint8_t *p, size_t n)
{
	unsigned total = 0;

	for (size_t i = 0; i < n; i += 2)
		total += get_le16(*(const le16 *)(p + i));
	return (uint16_t)total;
}

static enum status read_volume(struct block *b, struct arena *a, const struct volume_header *h,
			       struct flash *flash)
{
	uint64_t length = get_le64(h->length);
	uint16_t header = get_le16(h->header_length);
	enum status status = check_header(b, h);
	uint8_t *p;

	if (status != OK)
		return status;
	p = arena_alloc(a, (size_t)length);
	if (p == NULL)
		return fail(b->report, E_NO_MEMORY, "%.*s: no memory for its %lu bytes",
			    STR_ARG(b->name), (unsigned long)length);
	status = block_read(b, 0, p, (size_t)length);
	if (status != OK)
		return status;
	/* The header was read before, and is checked as it was then. */
	memcpy(p, h, sizeof(*h));
	if (sum(p, header) != 0)
		return fail(b->report, E_CORRUPT,
			    "%.*s: the checksum of its firmware volume is wrong" DAMAGED,
			    STR_ARG(b->name));
	*flash = (struct flash){p + header, length - header, header};
	return OK;
}

/* Finds out whether all of the file is zeros, or all of it erased flash. */
static enum status look_for_blank(struct block *b, bool *blank)
{
	static uint8_t chunk[BLANK_CHUNK];
	uint8_t first = 0;

	*blank = true;
	for (uint64_t at = 0; *blank && at < b->size; at += BLANK_CHUNK) {
		size_t n = b->size - at < BLANK_CHUNK ? (size_t)(b->size - at) : BLANK_CHUNK;
		enum status status = block_read(b, at, chunk, n);

		if (status != OK)
			return status;
		first = at == 0 ? chunk[0] : first;
		*blank = (first == 0 || first == 0xff) && flash_is_all(chunk, n, first);
	}
	return OK;
}

enum status flash_read(struct block *b, struct arena *a, struct flash *flash)
{
	struct volume_header h = {0};
	enum status status;
	bool blank;

	if (b->size < sizeof(h))
		return fail(b->report, E_UNSUPPORTED,
			    "%.*s has %lu bytes, too few for a guest's variables" WHICH_FILE,
			    STR_ARG(b->name), (unsigned long)b->size);
	status = block_read(b, 0, &h, sizeof(h));
	if (status != OK)
		return status;
	if (memcmp(&h, "QFI\xfb", 4) == 0)
		return fail(b->report, E_UNSUPPORTED,
			    "%.*s is a qcow2 image, only a raw one is read; convert it and name "
			    "the copy: qemu-img convert -O raw %.*s COPY",
			    STR_ARG(b->name), STR_ARG(b->name));
	if (b->size > FLASH_MOST)
		return fail(b->report, E_UNSUPPORTED,
			    "%.*s has %lu MiB, a guest's flash at most %u" WHICH_FILE,
			    STR_ARG(b->name), (unsigned long)(b->size >> 20), FLASH_MOST >> 20);
	if (memcmp(h.signature, "_FVH", sizeof(h.signature)) == 0)
		return read_volume(b, a, &h, flash);
	status = look_for_blank(b, &blank);
	if (status == OK && !blank)
		status = fail(b->report, E_UNSUPPORTED, "%.*s is no firmware volume" WHICH_FILE,
			      STR_ARG(b->name));
	if (status == OK)
		*flash = (struct flash){0};
	return status;
}
