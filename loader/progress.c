/* Shows on the console how far a large file has been read, when that takes long. */
#include "loader/progress.h"

#include "fs/block.h"
#include "fs/volume.h"
#include "loader/console.h"
#include "loader/menu/row.h"

/* Milliseconds before the line appears, and between two changes of it. A device that would need
 * longer than TELL_EVERY for a request is asked for less at once. */
#define TELL_AFTER 1000
#define TELL_EVERY 250

/* The bytes of a request: the least, to a slow device; to one whose speed is not known yet; to a
 * fast one; and the most. Each request costs time whatever its size, so few large ones are best. */
#define PIECE_LEAST   (256u << 10)
#define PIECE_UNKNOWN (1u << 20)
#define PIECE_FAST    (16u << 20)
#define PIECE_MOST    (64u << 20)

/* A request to a slow device is at most so many times as large as the one before. */
#define GROWTH 4

/* How long a smaller request takes says little about a device's speed. If it takes long, it waits
 * for the request before it: a host that limits a guest's rate lets each request pass and delays
 * the next one. So its time is counted then, and its bytes are not. */
#define TELLING (64u << 10)

/* A piece that takes less than so many tenths of a second needs no closer look at the clock. */
#define QUICK 5

/* Columns that are kept free for what follows the name. */
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

/* The devices' speed so far, as bytes in a number of ticks. Newer requests count for more. */
static struct {
	uint64_t bytes, ticks;
	uint64_t last; /* bytes of the newest */
} pace;

void progress_saw(size_t bytes, uint64_t ticks)
{
	if (bytes < TELLING) {
		pace.ticks += ticks > clock_tenth() ? ticks : 0;
		return;
	}
	pace.bytes = pace.bytes / 2 + bytes;
	pace.ticks = pace.ticks / 2 + ticks;
	pace.last = bytes;
}

/* True when a PIECE surely takes less than QUICK tenths of a second. Cannot overflow: pieces and
 * requests are far below 2^32 bytes, and a request's ticks are compared first. */
static bool is_quick(uint64_t piece)
{
	uint64_t most = QUICK * clock_tenth();

	return pace.ticks < most && pace.ticks * (piece >> 16) / (pace.bytes >> 16) < most;
}

/* What a device at this pace reads in TELL_EVERY, in whole 64 KiB. It grows step by step, because a
 * host that limits a guest's rate lets the first requests pass at full speed. */
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

/* Writes the line, in place of what it was. */
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

/* The alarm: a second has passed, and the device has not answered the first request. */
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
	    (file.shown ? percent == file.percent : ticks < QUICK * clock_tenth()))
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
