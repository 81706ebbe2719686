/* The log of the tests. */
#include "test/unit/logged.h"

#include "loader/console.h"
#include "loader/log.h"
#include "test/unit/test.h"

char logged[65536];
static size_t used;

static void write(enum log_target target, struct str line)
{
	(void)target;
	assert_in_range(line.n, 1, sizeof(logged) - used - 2);
	memcpy(logged + used, line.p, line.n);
	used += line.n;
	logged[used++] = '\n';
	logged[used] = '\0';
}

void logged_start(void)
{
	static const struct log_out out = {clock_ticks, clock_us, write};

	used = 0;
	logged[0] = '\0';
	log_start(&out);
}

const char *logged_words(void)
{
	static char words[2048];
	struct str rest = {logged, used};
	size_t n = 0;

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n'), word = line;
		const char *code = strstr(line.p, " code=");

		(void)str_cut(&word, ' ');
		word = str_cut(&word, ' ');
		if (code != NULL && code < line.p + line.n) {
			word = (struct str){code + 6, line.n - (size_t)(code + 6 - line.p)};
			word = str_cut(&word, ' ');
		}
		assert_in_range(word.n, 1, sizeof(words) - n - 2);
		n += (size_t)snprintf(words + n, sizeof(words) - n, "%s%.*s", n > 0 ? " " : "",
				      STR_ARG(word));
	}
	return words;
}

unsigned long logged_us(void)
{
	unsigned long us = 0;

	for (const char *at = logged; (at = strstr(at, " took=")) != NULL; at++) {
		unsigned long ms, part;

		assert_int_equal(sscanf(at, " took=%lu.%3lu", &ms, &part), 2);
		us += ms * 1000 + part;
	}
	return us;
}
