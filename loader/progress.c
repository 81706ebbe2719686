/* How far a large file has been read, told on the console when that takes long. */
#include "loader/progress.h"

#include "fs/block.h"
#include "fs/volume.h"
#include "loader/console.h"
#include "loader/menu/row.h"

/* Milliseconds that a file takes before anything is told, and between two times; a device that
 * needs longer than that for a request is asked for less at once. */
#define TELL_AFTER 1000
#define TELL_EVERY 250

/* What is asked for at once: of a device that is slow, of one that nothing is known of, and of one
 * that is fast. A request costs the same whatever its size, so there are to be few. */
#define PIECE_LEAST   (256u << 10)
#define PIECE_UNKNOWN (1u << 20)
#define PIECE_FAST    (16u << 20)
#define PIECE_MOST    (64u << 20)

/* How many times as much a slow device is asked for as the time before. */
#define GROWTH 4

/* Smaller requests tell more of the way to a device than of its speed. One that takes long waits
 * for the request before it: a host that holds a guest to a rate lets each request pass and makes
 * the next one pay. So its time is counted, and its bytes are not. */
#define TELLING (64u << 10)

/* A piece that takes less than so many tenths of a second needs no closer look at the clock. */
#define QUICK 5

/* Columns that are left for what stands behind the name. */
#define NUMBER_COLUMNS 24

/* The file that is read, or was last. */
static struct {
	struct str path;
	uint64_t size, done; /* bytes */
	uint64_t begun;      /* ticks, at its first part */
	uint64_t told;       /* microseconds from then to the line's last change */
	unsigned percent;    /* as the line has it */
	bool shown;          /* the line is on the console, without an end */
} file;

/* How fast devices were, newer requests counting for more: so many bytes in so many ticks. */
static struct {
	uint64_t bytes, ticks;
	uint64_t last; /* bytes of the newest */
} pace;

void progress_saw(size_t bytes, uint64_t ticks)
{
	if (bytes < TELLING) {
		pace.ticks += ticks > clock_tenth ? ticks : 0;
		return;
	}
	pace.bytes = pace.bytes / 2 + bytes;
	pace.ticks = pace.ticks / 2 + ticks;
	pace.last = bytes;
}

/* Surely less than QUICK tenths of a second for a PIECE. Cannot overflow: pieces and requests are
 * far below 2^32 bytes, and a request's ticks are compared first. */
static bool is_quick(uint64_t piece)
{
	uint64_t most = QUICK * clock_tenth;

	return pace.ticks < most && pace.ticks * (piece >> 16) / (pace.bytes >> 16) < most;
}

/* What a device at this pace reads in TELL_EVERY, in whole 64 KiB, but not at once much more than
 * before: a host that holds a guest to a rate lets the first requests pass. */
static size_t piece_at_pace(void)
{
	uint64_t us = clock_us(pace.ticks), piece;

	piece = us == 0 ? PIECE_MOST : (pace.bytes >> 16) * TELL_EVERY * 1000 / us << 16;
	piece = piece > GROWTH * pace.last ? (GROWTH * pace.last) >> 16 << 16 : piece;
	return piece < PIECE_LEAST ? PIECE_LEAST : piece > PIECE_MOST ? PIECE_MOST : (size_t)piece;
}

static size_t piece(void)
{
	size_t most = PIECE_MOST;

	if (pace.bytes == 0)
		return PIECE_UNKNOWN;
	while (most > PIECE_FAST && !is_quick(most))
		most /= 2;
	return is_quick(most) ? most : piece_at_pace();
}

static size_t next(size_t left)
{
	size_t most = left <= PIECE_LEAST ? left : piece();

	return left < most ? left : most;
}

static unsigned percent_now(void)
{
	return (unsigned)(file.done / (file.size / 100 + 1));
}

/* The line as it stands now, from its beginning. */
static void tell(unsigned percent)
{
	bool again = file.shown;
	struct row row = {.columns = console_size().columns - NUMBER_COLUMNS};
	bool small = file.size < 1u << 20;

	row_put_cut(&row, file.path);
	row.columns += NUMBER_COLUMNS - 1;
	row_fmt(&row, ": %u %% of %lu %s", percent, file.size >> (small ? 10 : 20),
		small ? "KiB" : "MiB");
	file.percent = percent;
	file.shown = true; /* before anything is written: the alarm may come in between */
	if (again)
		console_write(S("\r"));
	console_write((struct str){row.text, row.n});
}

/* A second has passed, and the device still has what it was asked for first. */
static void ring(void)
{
	if (file.shown || file.done >= file.size)
		return;
	file.told = clock_us(clock_ticks() - file.begun);
	tell(percent_now());
}

static void done(size_t bytes)
{
	uint64_t ticks = clock_ticks() - file.begun, us;
	unsigned percent;

	file.done += bytes;
	percent = percent_now();
	if (file.done >= file.size ||
	    (file.shown ? percent == file.percent : ticks < QUICK * clock_tenth))
		return;
	us = clock_us(ticks);
	if (us < TELL_AFTER * 1000 || (file.shown && us - file.told < TELL_EVERY * 1000))
		return;
	file.told = us;
	tell(percent);
}

void progress_stop(void)
{
	if (file.shown)
		console_write(S("\n"));
	file.shown = false;
}

enum status progress_read(struct volume *v, struct str path, uint64_t size, uint64_t offset,
			  void *to, size_t bytes)
{
	static const struct block_watch watch = {next, done};
	bool alarmed = bytes > PIECE_UNKNOWN;
	enum status status;

	if (offset == 0) {
		progress_stop();
		file.path = path;
		file.size = size;
		file.begun = clock_ticks();
	}
	file.done = offset;
	block_watch(&watch);
	if (alarmed)
		console_alarm(TELL_AFTER, ring);
	status = vol_read(v, path, offset, to, bytes);
	if (alarmed)
		console_alarm(0, NULL);
	block_watch(NULL);
	if (status == OK && file.shown && offset + bytes >= size)
		tell(100);
	if (status != OK || offset + bytes >= size)
		progress_stop();
	return status;
}
