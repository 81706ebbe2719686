/* Composing the lines that tell machines what happened. */
#include "loader/log.h"

#include "base/fmt.h"
#include "base/mem.h"

/* Bytes of the errors for the screen. */
#define KEPT 1024

/* "partless: WORD at=... took=..." */
#define HEAD 160

struct line {
	const char *word; /* NULL: no line is wanted */
	uint64_t at;      /* ticks since the start */
	uint64_t took;    /* ticks, of a step */
	bool timed;       /* it is a step's */
	size_t n;
	char text[LOG_LINE];
};

static const char *const codes[] = {
	[OK] = "ok",
	[E_IO] = "io",
	[E_CORRUPT] = "corrupt",
	[E_UNSUPPORTED] = "unsupported",
	[E_NOT_FOUND] = "not-found",
	[E_WRONG_TYPE] = "wrong-type",
	[E_SYNTAX] = "syntax",
	[E_LIMIT] = "limit",
	[E_NO_MEMORY] = "memory",
	[E_DENIED] = "denied",
};

static const struct log_out *out;
static uint64_t origin;
static bool opened;
static enum log_target target;

/* Around all steps. */
static struct log_step root = {.name = "start"};
static struct log_step *current = &root;

static uint64_t requests, bytes_read; /* since the start */

static struct line line, held[HELD_MAX];
static unsigned held_count;

static struct {
	char code[48]; /* the last error's; "" when there was none */
	size_t n;
	char text[KEPT];
} kept;

static uint64_t now(void)
{
	return out->ticks() - origin;
}

static bool live(void)
{
	return opened && (target == LOG_CONSOLE || target == LOG_DEBUGCON);
}

/* Adds a time in milliseconds, with three decimals. */
static size_t put_ms(char *to, size_t room, const char *key, uint64_t ticks)
{
	uint64_t us = out->us(ticks);
	size_t n = fmt(to, room, " %s=%lu.%03lu", key, us / 1000, us % 1000);

	return n < room ? n : room;
}

static size_t put_head(const struct line *l, char *to, size_t room)
{
	size_t n = fmt(to, room, "partless: %s", l->word);

	n = n < room ? n : room;
	n += put_ms(to + n, room - n, "at", l->at);
	if (l->timed)
		n += put_ms(to + n, room - n, "took", l->took);
	return n;
}

static void write(const struct line *l)
{
	char all[HEAD + LOG_LINE];
	size_t n = put_head(l, all, HEAD);

	memcpy(all + n, l->text, l->n);
	out->write(target, (struct str){all, n + l->n});
}

void log_start(const struct log_out *o)
{
	out = o;
	origin = o->ticks();
	opened = false;
	held_count = 0;
	log_forget();
	current = &root;
	requests = bytes_read = 0;
}

/* Begins the log. The processor's counter started with the machine, unless the host set it. */
static void write_loader(void)
{
	struct line l = {.word = "loader"};

	l.n = fmt(l.text, sizeof(l.text), " version=%s", VERSION);
	l.n += put_ms(l.text + l.n, sizeof(l.text) - l.n, "counter", origin);
	write(&l);
}

void log_open(enum log_target to)
{
	if (opened)
		return;
	opened = true;
	target = to;
	if (to == LOG_OFF)
		log_forget();
	if (out == NULL || !live())
		return;
	write_loader();
	for (unsigned i = 0; i < held_count; i++)
		write(&held[i]);
}

void log_forget(void)
{
	kept.n = 0;
	kept.code[0] = '\0';
}

void log_step_again(struct log_step *step)
{
	step->outer = current;
	current = step;
}

void log_step(struct log_step *step, const char *name, const struct report *report)
{
	step->name = name;
	step->report = report;
	step->mark = report_mark(report);
	step->begin = out != NULL ? now() : 0;
	step->requests = requests;
	step->bytes = bytes_read;
	log_step_again(step);
}

enum status log_step_end(struct log_step *step, enum status status)
{
	current = step;
	if (status != OK)
		log_error(status, report_since(step->report, step->mark));
	current = step->outer;
	return status;
}

void log_request(size_t bytes)
{
	requests++;
	bytes_read += bytes;
}

/* Begins a line. False when no lines are wanted; the line's keys are then ignored. */
static bool begin(const char *word)
{
	line.word = NULL;
	if (out == NULL || (opened && !live()))
		return false;
	line.word = word;
	line.n = 0;
	line.timed = false;
	line.at = now();
	return true;
}

static void put(struct str s)
{
	size_t room = sizeof(line.text) - line.n, n = s.n < room ? s.n : room;

	memcpy(line.text + line.n, s.p, n);
	line.n += n;
}

static void put_key(const char *key)
{
	put(S(" "));
	put(str_of(key));
	put(S("="));
}

bool log_line(const char *word)
{
	return begin(word);
}

bool log_done(void)
{
	if (!begin(current->name))
		return false;
	line.timed = true;
	line.took = line.at - current->begin;
	if (requests > current->requests) {
		log_number("requests", requests - current->requests);
		log_number("read", bytes_read - current->bytes);
	}
	return true;
}

/* Printable ASCII is itself; `"` and `\` stand behind a `\`; all else is `\x` and two digits. */
static size_t escape(char c, char to[4])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char u = (unsigned char)c;

	if (u >= 0x20 && u < 0x7f && c != '"' && c != '\\') {
		to[0] = c;
		return 1;
	}
	to[0] = '\\';
	if (u >= 0x20 && u < 0x7f) {
		to[1] = c;
		return 2;
	}
	to[1] = 'x';
	to[2] = digits[u >> 4];
	to[3] = digits[u & 15];
	return 4;
}

void log_text(const char *key, struct str s)
{
	size_t end;

	/* Adds all of it or nothing: an open quote would swallow what follows. */
	if (line.word == NULL || sizeof(line.text) - line.n < LOG_TEXT + 32)
		return;
	put_key(key);
	put(S("\""));
	end = line.n + LOG_TEXT;
	for (; s.n > 0; s = (struct str){s.p + 1, s.n - 1}) {
		char c[4];
		size_t n = escape(s.p[0], c);

		if (line.n + n > end)
			break;
		put((struct str){c, n});
	}
	put(s.n > 0 ? S("\"...") : S("\""));
}

void log_word(const char *key, const char *word)
{
	if (line.word == NULL)
		return;
	put_key(key);
	put(str_of(word));
}

void log_number(const char *key, uint64_t v)
{
	char digits[24];

	if (line.word == NULL)
		return;
	put_key(key);
	put((struct str){digits, fmt(digits, sizeof(digits), "%lu", v)});
}

void log_end(void)
{
	if (line.word == NULL)
		return;
	if (opened)
		write(&line);
	else if (held_count < HELD_MAX)
		held[held_count++] = line;
	line.word = NULL;
}

/* Joins the lines of a report to one, of LOG_TEXT bytes at most. */
static struct str one_line(struct str report, char *to)
{
	size_t n = 0;

	while (report.n > 0 && n < LOG_TEXT) {
		struct str l = str_trim(str_cut(&report, '\n'));

		n += fmt(to + n, LOG_TEXT - n, "%s%.*s", n > 0 ? ": " : "", STR_ARG(l));
	}
	return (struct str){to, n < LOG_TEXT ? n : LOG_TEXT};
}

/* Keeps a short line for log_last(). When there is no room, the oldest lines are dropped. */
static void keep(const char *word)
{
	struct line l = {.word = word, .at = now()};
	char text[HEAD];
	size_t n = put_head(&l, text, sizeof(text));

	n += fmt(text + n, sizeof(text) - n, " code=%s\n", kept.code);
	while (n > sizeof(kept.text) - kept.n) {
		struct str rest = {kept.text, kept.n};

		(void)str_cut(&rest, '\n');
		memmove(kept.text, rest.p, rest.n);
		kept.n = rest.n;
	}
	memcpy(kept.text + kept.n, text, n);
	kept.n += n;
}

void log_error(enum status status, struct str says)
{
	char text[LOG_TEXT];
	size_t n;

	if (out == NULL || (opened && target == LOG_OFF))
		return;
	n = fmt(kept.code, sizeof(kept.code) - 1, "%s.%s", current->name, codes[status]);
	kept.code[n < sizeof(kept.code) ? n : sizeof(kept.code) - 1] = '\0';
	keep("error");
	if (!begin("error"))
		return;
	log_word("code", kept.code);
	log_text("says", one_line(says, text));
	log_end();
}

struct str log_last(void)
{
	if (out == NULL || kept.n == 0)
		return S("");
	keep("failed");
	/* The console shows what is returned. */
	if (target != LOG_CONSOLE && begin("failed")) {
		log_word("code", kept.code);
		log_end();
	}
	return (struct str){kept.text, kept.n};
}
