/* Names the variables in which something is kept of a file, and reads them. */
#include "config/kept.h"

#include "base/arena.h"
#include "base/crc.h"
#include "base/fmt.h"
#include "base/printable.h"
#include "config/places.h"
#include "fs/volume.h"

enum status kept_identify(struct kept *k, const char *kind, struct volume *v, struct str path,
			  struct str content, struct arena *a)
{
	struct file_info info = {0};
	enum status status = vol_info(v, path, &info);
	struct str uuid = str_of(info.inode != 0 ? v->uuid : "the host"), line;
	uint32_t sum = crc32c(crc32c(~0u, uuid.p, uuid.n), path.p, path.n);

	if (status != OK)
		return status;
	if (uuid.n == 0)
		return E_UNSUPPORTED;
	if (!str_fmt(a, &line, "Partless 1: %.*s on %.*s, inode %lu, changed %ld", STR_ARG(path),
		     STR_ARG(uuid), (unsigned long)info.inode, (long)info.changed) ||
	    !str_fmt(a, &k->content, ", %lu bytes, CRC %08x", (unsigned long)info.size,
		     ~crc32c(~0u, content.p, content.n)))
		return E_NO_MEMORY;
	/* It is one line, whatever the path holds. The sum in the name tells paths apart. */
	line.n = printable_make((char *)line.p, line.n);
	if (!str_fmt(a, &k->head, "%.*s%.*s\n", STR_ARG(line), STR_ARG(k->content)) ||
	    !str_dup(a, path, &k->path))
		return E_NO_MEMORY;
	k->inode = info.inode;
	k->name[fmt(k->name, sizeof(k->name) - 1, "%s-%08x", kind, sum)] = '\0';
	return OK;
}

bool kept_recall(const struct kept *k, const struct places *places, struct arena *a,
		 struct str *text, enum kept_since *since)
{
	char *buf = arena_alloc(a, KEPT_MAX);
	size_t n;

	*text = S("");
	*since = KEPT_SAME;
	if (places->recall == NULL)
		return true;
	if (buf == NULL)
		return false;
	if (places->recall(k->name, buf, KEPT_MAX, &n) == OK) {
		*text = (struct str){buf, n};
		if (!str_cut_prefix(text, k->head))
			*since = str_ends(str_cut(text, '\n'), k->content) ? KEPT_WRITTEN_AGAIN
									   : KEPT_CHANGED;
	}
	return true;
}
