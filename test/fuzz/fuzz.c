/* What the fuzzers share: a device and a memory that count, and a reader who wants everything. */
#include "test/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "fs/window.h"
#include "loader/console.h"

/* docs/filesystems.md, "Limits". */
#define MEMORY_MOST   (2u << 20)
#define REQUESTS_MOST (600u * 1000)

/* What we want of one disk. */
#define NAMES_MOST 150
#define DEPTH_MOST 6
#define FILE_START (64u * 1024)
#define FILE_END   5000

static size_t memory_used, memory_most;
static unsigned requests;

void fuzz_stop(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

uint8_t *fuzz_load(const char *name, size_t *size)
{
	FILE *f = fopen(name, "rb");
	uint8_t *bytes;
	long end;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (end = ftell(f)) <= 0)
		fuzz_stop(name);
	*size = (size_t)end;
	bytes = malloc(*size);
	rewind(f);
	if (bytes == NULL || fread(bytes, *size, 1, f) != 1)
		fuzz_stop(name);
	fclose(f);
	return bytes;
}

uint64_t fuzz_take(struct fuzz_input *in, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes && in->n > 0; i++) {
		v |= (uint64_t)*in->p++ << 8 * i;
		in->n--;
	}
	return v;
}

/* A console that nobody looks at, and a clock that stands still. */
uint64_t clock_tenth(void)
{
	return 1;
}

uint64_t clock_ticks(void)
{
	return 0;
}

uint64_t clock_us(uint64_t ticks)
{
	return ticks;
}

struct console_size console_size(void)
{
	return (struct console_size){80, 24};
}

bool console_shows(uint32_t c)
{
	return c < 0x100;
}

/* What the loader would show of a guest's words is a line of the report. */
void console_write(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c < 0x20 && c != '\n' && c != '\r') || c == 0x7f)
			fuzz_stop("a control character for the console");
	}
}

void console_alarm(uint32_t ms, void (*ring)(void))
{
	(void)ms, (void)ring;
}

void *mem_alloc(size_t n)
{
	void *p;

	if (memory_used + n > memory_most)
		fuzz_stop("more memory than allowed");
	if (posix_memalign(&p, 4096, n ? n : 1) != 0)
		return NULL;
	memory_used += n;
	memset(p, 0xa5, n);
	return p;
}

void mem_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	memory_used -= n;
	free(p);
}

void fuzz_memory_limit(size_t most)
{
	memory_most = most;
}

void fuzz_memory_check(void)
{
	if (memory_used != 0)
		fuzz_stop("memory was not given back");
}

void fuzz_request(void)
{
	if (++requests > REQUESTS_MOST)
		fuzz_stop("more requests than allowed");
}

void fuzz_check_report(const struct report *r)
{
	if (r->n > REPORT_SIZE || (r->n > 0 && r->text[r->n - 1] != '\n'))
		fuzz_stop("the report is overrun");
	for (size_t i = 0; i < r->n; i++) {
		unsigned char c = (unsigned char)r->text[i];

		if ((c < 0x20 && c != '\n' && c != '\r') || c == 0x7f)
			fuzz_stop("a control character is in the report");
	}
}

/* A walk through a volume. */
struct walk {
	struct volume *volume;
	bool changing; /* the disk, between reads */
	unsigned names, depth;
	char path[PATH_MAX_BYTES];
	char data[FILE_START];
};

static void check_said(const struct walk *w, size_t mark, unsigned dropped, enum status status)
{
	const struct report *r = w->volume->report;

	if (status != OK && r->n == mark && r->dropped == dropped)
		fuzz_stop("a failure without a word");
}

static void read_at(struct walk *w, struct str path, uint64_t at, uint64_t bytes)
{
	struct report *r = w->volume->report;
	size_t mark = r->n, n = bytes < sizeof(w->data) ? (size_t)bytes : sizeof(w->data);
	unsigned dropped = r->dropped;

	check_said(w, mark, dropped, vol_read(w->volume, path, at, w->data, n));
}

static void read_file(struct walk *w, struct str path, uint64_t size)
{
	read_at(w, path, 0, size);
	if (size > FILE_END) {
		read_at(w, path, size - FILE_END, FILE_END);
		read_at(w, path, size / 2, FILE_END / 2);
	}
	if (vol_read(w->volume, path, size, w->data, 1) == OK && !w->changing)
		fuzz_stop("read past the end of a file");
}

static void visit(struct walk *w, struct str path);

static enum status visit_name(void *context, struct str name, enum file_type type)
{
	struct walk *w = context;
	size_t n = strlen(w->path);

	(void)type;
	if (name.n == 0 || name.n > 255 || str_find(name, '/') < name.n ||
	    str_find(name, '\0') < name.n)
		fuzz_stop("an impossible name");
	if (str_find(name, '/') != name.n || str_find(name, '\0') != name.n || name.n == 0)
		fuzz_stop("a name that no file can have is listed");
	if (++w->names > NAMES_MOST || w->depth == DEPTH_MOST)
		return E_LIMIT;
	snprintf(w->path + n, sizeof(w->path) - n, "/%.*s", STR_ARG(name));
	visit(w, str_of(w->path));
	w->path[n] = '\0';
	return OK;
}

static void visit(struct walk *w, struct str path)
{
	struct report *r = w->volume->report;
	struct file_info info = {0};
	struct arena arena = {0};
	struct str target = {0};
	size_t mark = r->n;
	unsigned dropped = r->dropped;
	enum status status = vol_info_link(w->volume, path, &info);

	check_said(w, mark, dropped, status);
	if (status != OK)
		return;
	if (info.type == FILE_SYMLINK) {
		status = vol_readlink(w->volume, path, &arena, &target);
		check_said(w, mark, dropped, status);
		if (status == OK && (target.n == 0 || target.n >= PATH_MAX_BYTES))
			fuzz_stop("an impossible symlink");
		arena_free(&arena);
		status = vol_info(w->volume, path, &info);
		check_said(w, mark, dropped, status);
	}
	if (status == OK && info.type == FILE_REGULAR)
		read_file(w, path, info.size);
	if (status == OK && info.type == FILE_DIRECTORY) {
		/* The limit is for one directory. Only we list one while another is open. */
		w->depth++;
		fuzz_memory_limit(memory_most + WINDOW_MEMORY_MAX);
		(void)vol_list(w->volume, path.n > 0 ? path : S("/"), visit_name, w);
		fuzz_memory_limit(memory_most - WINDOW_MEMORY_MAX);
		w->depth--;
	}
}

static void visit_all(struct volume *v, bool changing)
{
	static const char *const others[] = {"/dir/a-name-of-some-length-7", "/fast/../x",
					     "/dir/sub/../../slow", "/DIR/SUB/small", "/file/"};
	static struct walk w;

	w = (struct walk){.volume = v, .changing = changing};
	(void)vol_list(v, S("/"), visit_name, &w);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct file_info info;
		size_t mark = v->report->n;
		unsigned dropped = v->report->dropped;

		check_said(&w, mark, dropped, vol_info(v, str_of(others[i]), &info));
	}
}

static void use(struct block *b, size_t most, void (*more)(struct volume *))
{
	struct volume *v = NULL;
	enum status status;

	requests = 0;
	fuzz_memory_limit(most);
	status = fs_open(b, &v);
	fuzz_check_report(b->report);
	if (status != OK && b->report->n == 0)
		fuzz_stop("a failure without a word");
	if (status == OK) {
		fuzz_memory_limit(memory_used + MEMORY_MOST);
		visit_all(v, more != NULL);
		fuzz_check_report(b->report);
		fuzz_memory_limit(memory_used + MEMORY_MOST + MENU_MOST);
		if (more != NULL)
			more(v);
		vol_close(v);
	}
	fuzz_memory_check();
}

void fuzz_use(struct block *b, size_t most)
{
	use(b, most, NULL);
}

void fuzz_use_changing(struct block *b, size_t most, void (*more)(struct volume *))
{
	use(b, most, more);
}

void put_number(uint8_t *p, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

uint64_t get_number(const uint8_t *p, size_t bytes)
{
	struct fuzz_input in = {p, bytes};

	return fuzz_take(&in, bytes);
}

void put_le16(uint8_t *p, uint32_t v)
{
	put_number(p, 2, v);
}

void put_le32(uint8_t *p, uint32_t v)
{
	put_number(p, 4, v);
}

void put_big(uint8_t *p, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
}

uint64_t get_big(const uint8_t *p, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

void put_be16(uint8_t *p, uint32_t v)
{
	put_big(p, 2, v);
}

void put_be32(uint8_t *p, uint32_t v)
{
	put_big(p, 4, v);
}
