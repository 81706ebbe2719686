/* Reads files, and shows on the console how far one has been read when that takes long. Decides how
 * much is asked for at once, so that there is progress to show. */
#ifndef LOADER_PROGRESS_H
#define LOADER_PROGRESS_H

#include "base/status.h"
#include "base/str.h"

struct volume;

/* Reads as vol_read() does. SIZE is how many bytes of the file are wanted in all: they may be read
 * in parts, in order, the first at OFFSET 0. Once the file takes longer than a second, a line on
 * the console has its PATH and the part that was read, and is rewritten in place until the last
 * part, or a failure, ends it. */
enum status progress_read(struct volume *, struct str path, uint64_t size, uint64_t offset,
			  void *to, size_t bytes);

/* Ends the line of a file whose last part was never asked for. */
void progress_stop(void);

/* Notes that one request to a device, for BYTES bytes, took TICKS of clock_ticks(). */
void progress_saw(size_t bytes, uint64_t ticks);

#endif
