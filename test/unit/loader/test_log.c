/* loader/log.c: what a line looks like, and that nothing which a guest wrote can look like one. */
#include "loader/log.h"
#include "test/unit/test.h"

static uint64_t clock;
static unsigned conversions;
static enum log_target last_target;
static char written[65536];
static size_t n;

static uint64_t ticks(void)
{
	return clock;
}

static uint64_t us(uint64_t t)
{
	conversions++;
	return t;
}

static void write(enum log_target target, struct str line)
{
	last_target = target;
	assert_in_range(line.n, 1, sizeof(written) - n - 2);
	memcpy(written + n, line.p, line.n);
	n += line.n;
	written[n++] = '\n';
	written[n] = '\0';
}

static const struct log_out fake = {ticks, us, write};
static struct report report;

/* The steps that are begun and not ended. */
static struct log_step steps[8];
static unsigned begun;

static int setup(void **state)
{
	(void)state;
	clock = 5000000;
	conversions = 0;
	written[n = 0] = '\0';
	report = (struct report){0};
	begun = 0;
	log_start(&fake);
	return 0;
}

static void begin(const char *name)
{
	log_step(&steps[begun++], name, &report);
}

static void end(enum status status)
{
	assert_int_equal(log_step_end(&steps[--begun], status), status);
}

static void done(void)
{
	assert_true(log_done());
	log_end();
}

/* What was written after the line about ourselves. */
static const char *lines(void)
{
	const char *first = "partless: loader at=0.000 version=" VERSION " counter=5000.000\n";

	assert_memory_equal(written, first, strlen(first));
	return written + strlen(first);
}

static void a_step_has_its_moment_its_time_and_its_requests(void **state)
{
	(void)state;
	log_open(LOG_DEBUGCON);
	assert_int_equal(last_target, LOG_DEBUGCON);
	clock += 1500;
	begin("kernel");
	log_request(4096);
	log_request(512);
	clock += 12003;
	log_done();
	log_text("file", S("/boot/vmlinuz"));
	log_number("bytes", UINT64_MAX);
	log_word("fs", "ext4");
	log_end();
	begin("load");
	log_done();
	log_end();
	assert_string_equal(lines(), "partless: kernel at=13.503 took=12.003 requests=2 read=4608 "
				     "file=\"/boot/vmlinuz\" bytes=18446744073709551615 fs=ext4\n"
				     "partless: load at=13.503 took=0.000\n");
}

static void a_step_inside_gives_the_outer_one_back(void **state)
{
	(void)state;
	log_open(LOG_DEBUGCON);
	begin("menu");
	clock += 1;
	log_request(1);
	begin("disk");
	clock += 20;
	log_request(20);
	done();
	end(OK);
	begin("disk");
	clock += 300;
	done();
	end(OK);
	clock += 4000;
	log_request(4000);
	done();
	end(OK);
	assert_string_equal(lines(), "partless: disk at=0.021 took=0.020 requests=1 read=20\n"
				     "partless: disk at=0.321 took=0.300\n"
				     "partless: menu at=4.321 took=4.321 requests=3 read=4021\n");
}

static void an_error_is_the_innermost_steps(void **state)
{
	(void)state;
	log_open(LOG_DEBUGCON);
	begin("menu");
	begin("disk");
	log_error(E_IO, S("a"));
	end(OK);
	log_error(E_NO_MEMORY, S("b"));
	end(OK);
	assert_string_equal(lines(), "partless: error at=0.000 code=disk.io says=\"a\"\n"
				     "partless: error at=0.000 code=menu.memory says=\"b\"\n");
}

/* What was reported before it began is none of the step's. */
static void a_step_that_fails_says_what_was_reported_in_it(void **state)
{
	(void)state;
	log_open(LOG_DEBUGCON);
	note(&report, "before");
	begin("start");
	note(&report, "outside");
	begin("initrd");
	end(fail(&report, E_IO, "inside"));
	end(E_DENIED);
	assert_string_equal(
		lines(), "partless: error at=0.000 code=initrd.io says=\"inside\"\n"
			 "partless: error at=0.000 code=start.denied says=\"outside: inside\"\n");
}

static void a_step_that_was_left_open_ends_with_the_one_around_it(void **state)
{
	(void)state;
	log_open(LOG_DEBUGCON);
	begin("menu");
	begin("kernel");
	begin("options");
	begun -= 2;
	end(E_NO_MEMORY);
	begin("load");
	end(E_DENIED);
	assert_string_equal(lines(), "partless: error at=0.000 code=menu.memory says=\"\"\n"
				     "partless: error at=0.000 code=load.denied says=\"\"\n");
}

static void a_step_may_come_in_parts(void **state)
{
	static struct log_step parts;

	(void)state;
	log_open(LOG_DEBUGCON);
	begin("start");
	log_step(&parts, "initrd", &report);
	log_request(100);
	clock += 1;
	(void)log_step_end(&parts, OK);
	clock += 20;
	log_error(E_IO, S("between"));
	log_step_again(&parts);
	log_request(200);
	clock += 300;
	done();
	(void)log_step_end(&parts, OK);
	end(E_IO);
	assert_string_equal(lines(), "partless: error at=0.021 code=start.io says=\"between\"\n"
				     "partless: initrd at=0.321 took=0.321 requests=2 read=300\n"
				     "partless: error at=0.321 code=start.io says=\"\"\n");
}

static void lines_wait_until_it_is_known_where_they_go(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HELD_MAX + 3; i++) {
		clock += 1000;
		log_line("disk");
		log_number("index", i);
		log_end();
	}
	assert_string_equal(written, "");
	assert_int_equal(conversions, 0);
	log_open(LOG_CONSOLE);
	assert_int_equal(last_target, LOG_CONSOLE);
	assert_non_null(strstr(lines(), "partless: disk at=1.000 index=0\n"));
	assert_non_null(strstr(lines(), "partless: disk at=8.000 index=7\n"));
	assert_null(strstr(lines(), "index=8"));
}

static void a_second_look_says_nothing_twice(void **state)
{
	static char before[4096];

	(void)state;
	log_line("disk");
	log_end();
	log_open(LOG_CONSOLE);
	begin("menu");
	log_error(E_CORRUPT, S("torn"));
	snprintf(before, sizeof(before), "%s", lines());
	log_forget();
	log_open(LOG_CONSOLE);
	assert_string_equal(lines(), before);
	assert_int_equal(log_last().n, 0);
}

/* The clock is not even asked how fast it goes. */
static void nobody_asked_and_nothing_is_done(void **state)
{
	static const enum log_target targets[] = {LOG_DEFAULT, LOG_OFF};

	for (size_t i = 0; i < 2; i++) {
		setup(state);
		begin("connect");
		log_done();
		log_end();
		log_open(targets[i]);
		log_line("disk");
		log_text("label", S("x"));
		log_number("bytes", 1);
		log_end();
		assert_string_equal(written, "");
		assert_int_equal(conversions, 0);
		assert_int_equal(log_last().n, 0);
	}
}

static void a_text_can_forge_nothing(void **state)
{
	static const struct str evil =
		S("a\" code=x \\\r\npartless: failed\x1b[2J\0\x7f\xc2\x9b\xff\xe2\x80\xae");

	(void)state;
	log_open(LOG_CONSOLE);
	log_line("disk");
	log_text("label", evil);
	log_end();
	assert_string_equal(lines(), "partless: disk at=0.000 label=\"a\\\" code=x \\\\\\x0d\\x0a"
				     "partless: failed\\x1b[2J\\x00\\x7f\\xc2\\x9b\\xff\\xe2\\x80"
				     "\\xae\"\n");
}

static void every_byte_stays_inside_its_quotes(void **state)
{
	(void)state;
	log_open(LOG_CONSOLE);
	for (unsigned c = 0; c < 256; c++) {
		char byte = (char)c;

		log_line("x");
		log_text("k", (struct str){&byte, 1});
		log_end();
	}
	for (size_t i = 0; i < n; i++)
		assert_true(written[i] == '\n' || (written[i] >= 0x20 && written[i] < 0x7f));
}

static void a_long_text_is_cut_and_says_so(void **state)
{
	char text[4 * LOG_TEXT], want[LOG_LINE];

	(void)state;
	memset(text, 'y', sizeof(text));
	log_open(LOG_CONSOLE);
	for (unsigned i = 0; i < 2; i++) {
		log_line("x");
		log_text("k", (struct str){text, LOG_TEXT + i});
		log_end();
	}
	snprintf(want, sizeof(want), "k=\"%.*s\"\npartless: x at=0.000 k=\"%.*s\"...\n", LOG_TEXT,
		 text, LOG_TEXT, text);
	assert_non_null(strstr(lines(), want));
	memset(text, '\n', sizeof(text));
	log_line("full");
	for (unsigned i = 0; i < 20; i++)
		log_text("k", (struct str){text, sizeof(text)});
	log_number("after", 1);
	log_end();
	assert_in_range(strlen(strstr(written, "partless: full")), LOG_LINE / 2, LOG_LINE + 160);
	assert_non_null(strstr(written, "\\x0a\"... after=1\n"));
}

static void an_error_has_a_code_and_the_reports_words(void **state)
{
	size_t mark;

	(void)state;
	log_open(LOG_DEBUGCON);
	(void)fail(&report, E_IO, "earlier");
	mark = report_mark(&report);
	(void)fail(&report, E_NOT_FOUND, "/boot/vmlinuz: no such \"file\"");
	(void)fail_in(&report, mark, E_NOT_FOUND, "kernel /boot/vmlinuz");
	clock += 7;
	begin("kernel");
	log_error(E_NOT_FOUND, report_since(&report, mark));
	assert_string_equal(lines(), "partless: error at=0.007 code=kernel.not-found says=\"kernel "
				     "/boot/vmlinuz: /boot/vmlinuz: no such \\\"file\\\"\"\n");
}

static void the_last_words_are_the_codes_also_when_nobody_asked(void **state)
{
	struct str last;

	(void)state;
	begin("disk");
	log_error(E_CORRUPT, S(""));
	log_open(LOG_DEFAULT);
	begin("start");
	clock += 30000000;
	log_error(E_DENIED, S(""));
	last = log_last();
	assert_int_equal(last.p[last.n - 1], '\n');
	assert_memory_equal(last.p,
			    "partless: error at=0.000 code=disk.corrupt\n"
			    "partless: error at=30000.000 code=start.denied\n"
			    "partless: failed at=30000.000 code=start.denied\n",
			    last.n);
	assert_string_equal(written, "");
}

static void with_many_errors_the_last_are_kept(void **state)
{
	struct str last;

	(void)state;
	log_open(LOG_DEBUGCON);
	begin("disk");
	for (unsigned i = 0; i < 1000; i++)
		log_error(E_IO, S(""));
	begin("menu");
	log_error(E_NOT_FOUND, S(""));
	last = log_last();
	assert_in_range(last.n, 900, 1024);
	assert_memory_equal(last.p, "partless: error ", 16);
	assert_true(str_ends(last, S("partless: error at=0.000 code=menu.not-found\n"
				     "partless: failed at=0.000 code=menu.not-found\n")));
	assert_true(str_ends((struct str){written, n},
			     S("partless: failed at=0.000 code=menu.not-found\n")));
}

static void off_is_off(void **state)
{
	(void)state;
	begin("disk");
	log_error(E_IO, S(""));
	log_open(LOG_OFF);
	log_error(E_IO, S(""));
	assert_int_equal(log_last().n, 0);
	assert_string_equal(written, "");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_step_has_its_moment_its_time_and_its_requests),
		TEST(a_step_inside_gives_the_outer_one_back),
		TEST(an_error_is_the_innermost_steps),
		TEST(a_step_that_fails_says_what_was_reported_in_it),
		TEST(a_step_that_was_left_open_ends_with_the_one_around_it),
		TEST(a_step_may_come_in_parts),
		TEST(lines_wait_until_it_is_known_where_they_go),
		TEST(a_second_look_says_nothing_twice),
		TEST(nobody_asked_and_nothing_is_done),
		TEST(a_text_can_forge_nothing),
		TEST(every_byte_stays_inside_its_quotes),
		TEST(a_long_text_is_cut_and_says_so),
		TEST(an_error_has_a_code_and_the_reports_words),
		TEST(the_last_words_are_the_codes_also_when_nobody_asked),
		TEST(with_many_errors_the_last_are_kept),
		TEST(off_is_off),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
