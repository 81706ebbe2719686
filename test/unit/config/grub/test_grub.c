/* config/grub*.c: what bounds a script, and what its answers are made of. The language itself has
 * the pairs of test/config/grub: test/config/test_golden.py. With arguments, DISK PARTITION
 * GRUB.CFG TREE, it prints the menu in that file of a tree instead: test/corpus/test_grub2.py. Run
 * from the root of the tree. */
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "config/parse.h"
#include "fs/volume.h"
#include "test/unit/config_dump.h"
#include "test/unit/test.h"
#include "test/unit/tree_volume.h"

struct world {
	struct trees trees;
	struct arena arena;
	struct report report;
	struct config config;
};

static char text[4 << 20];
static size_t text_n;

static void add(const char *s)
{
	size_t n = strlen(s);

	assert_true(text_n + n < sizeof(text));
	memcpy(text + text_n, s, n + 1);
	text_n += n;
}

static void add_times(unsigned times, const char *s)
{
	for (unsigned i = 0; i < times; i++)
		add(s);
}

/* A new tree, that begins with its grub.cfg. */
static void begin(void)
{
	text_n = 0;
	add("==> /boot/grub/grub.cfg\n");
}

static enum status read_menu(struct world *w, unsigned volume, const char *path)
{
	*w = (struct world){0};
	trees_make(&w->trees, text, &w->report);

	struct parse p = {.volume = w->trees.volume[volume],
			  .places = &w->trees.places,
			  .arena = &w->arena,
			  .report = &w->report,
			  .config = &w->config,
			  .path = str_of(path)};

	return grub_cfg_read(&p);
}

static enum status read_grub_cfg(struct world *w)
{
	add("\n==> /k\n");
	return read_menu(w, 0, "/boot/grub/grub.cfg");
}

static void end(struct world *w)
{
	arena_free(&w->arena);
	trees_free(&w->trees);
}

static void assert_told(const struct world *w, const char *sentence)
{
	char told[REPORT_SIZE + 1];

	memcpy(told, w->report.text, w->report.n);
	told[w->report.n] = '\0';
	if (strstr(told, sentence) == NULL)
		print_error("not told: %s\nbut: %s", sentence, told);
	assert_non_null(strstr(told, sentence));
}

static const char entry[] = "menuentry a {\nlinux /k\n}\n";

/* Each of these goes on for ever, or as good as. */
static void what_does_not_end_is_ended_with_a_sentence(void **state)
{
	static const struct {
		const char *script;
		unsigned times;
		const char *told;
	} endless[] = {
		{"while true; do set x=1; done\n", 1, "does not come to an end"},
		{"until false; do search --set=root --file /no; done\n", 1,
		 "does not come to an end"},
		{"while true; do eval 'function f { true; }'; done\n", 1,
		 "does not come to an end"},
		{"x=aaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		 "while true; do regexp '(a*)*(a*)*(a*)*b' $x; done\n",
		 1, "does not come to an end"},
		{"p=aaaaaaaaaaaaaaaa\np=$p$p$p$p$p$p$p$p$p$p$p$p\n"
		 "p=$p$p$p$p$p$p$p$p$p$p$p$p\np=$p$p$p$p$p$p$p$p$p$p$p$p\n"
		 "t=cccccccccccccccc\nt=$t$t$t$t$t$t$t$t$t$t$t$t\n"
		 "t=$t$t$t$t$t$t$t$t$t$t$t$t\nt=$t$t$t$t$t$t$t$t$t$t$t$t\n"
		 "while true; do regexp \"[$p]\" \"$t\"; done\n",
		 1, "does not come to an end"},
		{"x=aa$x$x$x$x$x$x$x$x$x$x\n", 30, "words of a command are too long"},
		{"function f { f $@ $@; }\nf a\n", 1, "words of a command are too long"},
		{"function f { f; }\nf\n", 1, "nested too deep"},
		{"eval x='\"eval $x\"'\neval eval eval $x\nx='eval $x'; eval $x\n", 1,
		 "nested too deep"},
		{"if true; then ", 5000, "nested too deep"},
		{"source /boot/grub/grub.cfg\n", 1, "nested too deep"},
		{"test ( ( ( ( ( ( ( ( ( ( ", 100, "too many parentheses"},
		{"source /k\n", 200, "too many files"},
		{"function f { while true; do setparams $@ $@; done; }\nf a b\n", 1,
		 "words of a command are too long"},
		{"submenu s { ", 400, "nested too deep"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(endless) / sizeof(*endless); i++) {
		enum status status;
		clock_t start = clock();
		struct world w;

		begin();
		add(entry);
		add_times(endless[i].times, endless[i].script);
		status = read_grub_cfg(&w);
		if (status != E_LIMIT)
			print_error("it came to an end: %s", endless[i].script);
		assert_int_equal(status, E_LIMIT);
		assert_told(&w, endless[i].told);
		assert_in_range(clock() - start, 0, 10 * CLOCKS_PER_SEC);
		end(&w);
	}
}

static void what_stood_before_the_end_stays(void **state)
{
	struct world w;

	(void)state;
	begin();
	add(entry);
	add("while true; do set x=1; done\nmenuentry b { linux /k\n}\n");
	assert_int_equal(read_grub_cfg(&w), E_LIMIT);
	assert_int_equal(w.config.count, 1);
	assert_int_equal(w.config.first->problem.n, 0);
	end(&w);
}

static void an_endless_entry_costs_itself(void **state)
{
	struct world w;

	(void)state;
	begin();
	add("menuentry a { while true; do set x=1; done; }\n");
	add("menuentry b { f\nlinux /k\n}\n");
	assert_int_equal(read_grub_cfg(&w), OK);
	assert_int_equal(w.config.count, 2);
	assert_true(w.config.first->problem.n > 0);
	assert_int_equal(w.config.last->problem.n, 0);
	end(&w);
}

static void submenus_in_each_other_cost_the_deepest(void **state)
{
	struct world w;

	(void)state;
	begin();
	add("function f {\nsubmenu s { menuentry a { linux /k\n}\nf\n}\n}\nf\n");
	add(entry);
	assert_int_equal(read_grub_cfg(&w), OK);
	assert_in_range(w.config.count, 12, 48);
	assert_int_equal(w.config.last->problem.n, 0);
	assert_true(str_eq(w.config.last->title, S("a")));
	assert_told(&w, "nested too deep");
	end(&w);
}

static void a_path_of_many_stars_is_bounded(void **state)
{
	struct world w;

	(void)state;
	begin();
	add(entry);
	add("echo ");
	add_times(60, "/d*");
	add("\n==> ");
	add_times(60, "/d");
	assert_int_equal(read_grub_cfg(&w), E_LIMIT);
	assert_told(&w, "nested too deep");
	end(&w);
}

static void a_bound_that_is_met_in_a_directory_is_told(void **state)
{
	struct world w;

	(void)state;
	begin();
	add(entry);
	add("x='/d/* /d/* /d/* /d/* /d/* /d/* /d/* /d/* /d/* /d/* '\nx=\"$x$x$x$x$x$x\"\n"
	    "x=\"$x$x$x$x$x$x\"\necho $x\n");
	for (unsigned i = 0; i < 100; i++) {
		char line[32];

		snprintf(line, sizeof(line), "==> /d/initrd.img-6.1.0-%u\n", i);
		add(line);
	}
	assert_int_equal(read_grub_cfg(&w), E_LIMIT);
	assert_told(&w, "words of a command are too long");
	end(&w);
}

static void many_variables_are_bounded(void **state)
{
	struct world w;

	(void)state;
	begin();
	for (unsigned i = 0; i < 20000; i++) {
		char line[32];

		snprintf(line, sizeof(line), "v%u=1\n", i);
		add(line);
	}
	assert_int_equal(read_grub_cfg(&w), E_LIMIT);
	assert_told(&w, "too much memory");
	end(&w);
}

static void many_entries_are_bounded(void **state)
{
	struct world w;

	(void)state;
	begin();
	add_times(30000, "menuentry a { linux /k;}\n");
	assert_int_equal(read_grub_cfg(&w), E_LIMIT);
	assert_int_equal(w.config.count, ENTRIES_MAX);
	assert_told(&w, "more entries than a menu may have");
	end(&w);
}

static void titles_of_any_length_cost_nobody_else(void **state)
{
	struct world w;

	(void)state;
	begin();
	add("submenu s");
	add_times(30000, "s");
	add(" { menuentry 'a");
	add_times(30000, ">");
	add("' { linux /k\n}\n}\n");
	add(entry);
	assert_int_equal(read_grub_cfg(&w), OK);
	assert_int_equal(w.config.count, 2);
	assert_int_equal(w.config.first->problem.n, 0);
	assert_in_range(w.config.first->title.n, 256, 1024);
	assert_int_equal(w.config.last->problem.n, 0);
	end(&w);
}

/* Entries of blscfg, each of which is too long in some way, and one behind them. */
static void an_entry_of_any_length_costs_itself(void **state)
{
	struct world w;
	struct entry *e;

	(void)state;
	begin();
	add("x=");
	add_times(30000, "x");
	add("\nblscfg");
	add("\n==> /loader/entries/4.conf\nlinux /k\ntitle ");
	add_times(65000, "t");
	add("\n==> /loader/entries/3.conf\nlinux /k\noptions $x $x $x\n");
	add("\n==> /loader/entries/2.conf\nlinux /k\noptions ");
	add_times(32000, "o ");
	add("\n==> /loader/entries/1.conf\nlinux /k\noptions ");
	add_times(66000, "o");
	add("\n==> /loader/entries/0.conf\nlinux /k\ninitrd /k\n");
	assert_int_equal(read_grub_cfg(&w), OK);
	assert_int_equal(w.config.count, 4);
	e = w.config.first;
	assert_int_equal(e->problem.n, 0);
	assert_in_range(e->title.n, 200, 1024);
	e = e->next;
	assert_true(str_eq(e->problem, S("the entry starts nothing")));
	assert_true(str_eq(e->next->problem, S("its script reached a limit and was ended")));
	assert_int_equal(w.config.last->problem.n, 0);
	assert_int_equal(w.config.last->initrds, 1);
	assert_told(&w, "3.conf: its options or initrds are more than 65535 bytes long");
	assert_told(&w, "1.conf on disk 0, partition 0 is not read: it has");
	end(&w);
}

static void a_large_menu_is_within_the_bounds(void **state)
{
	struct world w;

	(void)state;
	begin();
	for (unsigned i = 0; i < ENTRIES_MAX; i++)
		add("menuentry 'a long title, as they are' --class os {\n"
		    "insmod gzio\ninsmod part_gpt\ninsmod ext2\n"
		    "search --no-floppy --fs-uuid --set=other 0000\n"
		    "linux /k root=UUID=6b1e0ff5-3b0a-4d3a-a0a5-9d5b2c8b7a11 ro quiet splash\n"
		    "initrd /k /k\n}\n");
	assert_int_equal(read_grub_cfg(&w), OK);
	assert_int_equal(w.config.count, ENTRIES_MAX);
	assert_int_equal(w.config.last->initrds, 2);
	end(&w);
}

static void text_that_is_no_script_costs_its_lines(void **state)
{
	static const char *const junk[] = {"{{{{{{\n", "}\n",  "fi\n", "\"$\"\n",
					   "a && b\n", ";;\n", "$\n",  "[[ a ]]\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++) {
		struct world w;

		begin();
		add(i == 0 ? "" : entry);
		add(junk[i]);
		add(i == 0 ? "" : entry);
		assert_int_equal(read_grub_cfg(&w), OK);
		assert_int_equal(w.config.count, i == 0 ? 0 : 2);
		assert_told(&w, "GRUB cannot parse this");
		end(&w);
	}
}

static void any_want_of_memory_is_told(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t limit = 1; limit < 64; limit++) {
		struct world w = {.arena = {.limit = limit * 4096 + 1}};
		enum status status;

		begin();
		add_times(200, "menuentry 'one of many' { linux /k root=/dev/vda ro\n}\n==> /k\n");
		trees_make(&w.trees, text, &w.report);

		struct parse p = {.volume = w.trees.volume[0],
				  .places = &w.trees.places,
				  .arena = &w.arena,
				  .report = &w.report,
				  .config = &w.config,
				  .path = S("/boot/grub/grub.cfg")};

		status = grub_cfg_read(&p);
		assert_true(status == OK || status == E_NO_MEMORY);
		assert_true(status == OK || w.report.n > 0);
		failed += status != OK;
		end(&w);
	}
	assert_true(failed > 0);
}

static void a_one_shot_choice_is_an_entry_beside_the_default(void **state)
{
	static const char script[] = "load_env\n"
				     "if [ \"$next_entry\" ]; then set default=\"$next_entry\"\n"
				     "else set default=\"$saved_entry\"; fi\n"
				     "menuentry a { linux /k\n}\nmenuentry b { linux /k\n}\n"
				     "menuentry c { linux /k\n}\n";

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct world w;

		begin();
		add(script);
		add("==> /boot/grub/grubenv\n# GRUB Environment Block\nsaved_entry=1\n");
		add(i == 0 ? "next_entry=c\n####\n" : "next_entry=2\n####\n");
		assert_int_equal(read_grub_cfg(&w), OK);
		assert_true(str_eq(w.config.default_entry->id, S("b")));
		assert_true(str_eq(w.config.once->id, S("c")));
		end(&w);
	}
}

static void a_one_shot_choice_from_another_menu_is_left_out(void **state)
{
	struct world w;

	(void)state;
	begin();
	add("load_env\nif [ \"$next_entry\" ]; then set default=$next_entry\n"
	    "menuentry repair { linux /k\n}\nfi\n"
	    "menuentry a { linux /k\n}\nmenuentry b { linux /k\n}\n"
	    "==> /boot/grub/grubenv\n# GRUB Environment Block\nnext_entry=a\n####\n");
	assert_int_equal(read_grub_cfg(&w), OK);
	assert_int_equal(w.config.count, 2);
	assert_true(str_eq(w.config.default_entry->id, S("a")));
	assert_null(w.config.once);
	assert_told(&w, "/boot/grub/grub.cfg: the one-shot choice 'a' is left out: with it ");
	end(&w);
}

/* The kernel may lie elsewhere, and so may the file of the menu. */
/* GRUB 2.06: normal/menu.c; Fedora's leaves the whole of it. */
static void an_entry_sees_what_remains_of_the_default(void **state)
{
	static const struct {
		const char *path, *first, *last;
	} files[] = {
		{"/boot/grub/grub.cfg", "d=b>c", "d="},
		{"/boot/grub2/grub.cfg", "d=b>c", "d=c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct world w;
		const struct entry *last;

		text_n = 0;
		add("==> ");
		add(files[i].path);
		add("\ndefault='s>b>c'\nmenuentry a { linux /k d=$default\n}\n"
		    "submenu s {\nmenuentry a { linux /k\n}\nsubmenu b {\n"
		    "menuentry c { linux /k d=$default\n}\n}\n}\n==> /k\n");
		assert_int_equal(read_menu(&w, 0, files[i].path), OK);
		assert_true(str_eq(w.config.first->options, str_of(files[i].first)));
		last = w.config.first->next->next;
		assert_true(str_eq(last->options, str_of(files[i].last)));
		assert_ptr_equal(w.config.default_entry, last);
		end(&w);
	}
}

static void an_entry_knows_where_its_menu_lies(void **state)
{
	const struct entry *e;
	struct world w;

	(void)state;
	begin();
	add("menuentry a { linux (hd1)/k\n}\nconfigfile (hd1)/more\n"
	    "=== 1 0 aaaa there\n==> /k\n==> /more\n"
	    "menuentry b { linux (hd0)/boot/grub/grub.cfg\n}\n");
	assert_int_equal(read_menu(&w, 0, "/boot/grub/grub.cfg"), OK);
	e = w.config.first;
	assert_true(str_eq(e->title, S("b")));
	assert_ptr_equal(e->volume, w.trees.volume[0]);
	assert_ptr_equal(e->menu, w.trees.volume[1]);
	end(&w);
}

/* grub_menu_get_timeout(): what is no number, or below 0 as an int, waits for ever. */
static void a_timeout_is_read_as_grub_reads_it(void **state)
{
	static const struct {
		const char *value;
		int seconds; /* -1: GRUB would wait for ever */
	} timeouts[] = {
		{"5", 5},
		{" 5", 5},
		{"\t5", 5},
		{"5s", 5},
		{"5 # c", 5},
		{"0x10", 16},
		{"010", 8},
		{"08", 8},
		{"0X10", 0},
		{"-1", -1},
		{"soon", -1},
		{"", -1},
		{" ", -1},
		{"0x", -1},
		{"4294967295", -1},
		{"2147483648", -1},
		{"+5", -1},
		{"0", 0},
		{"4294967296", 0},
		{"4294967301", 5},
		{"100000", TIMEOUT_MAX},
		{"99999999999999999999", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(timeouts) / sizeof(*timeouts); i++) {
		char line[64];
		struct world w;

		begin();
		snprintf(line, sizeof(line), "set timeout='%s'\n", timeouts[i].value);
		add(line);
		add(entry);
		assert_int_equal(read_grub_cfg(&w), OK);
		if (w.config.timeout_said != (timeouts[i].seconds >= 0))
			print_error("timeout='%s'\n", timeouts[i].value);
		assert_int_equal(w.config.timeout_said, timeouts[i].seconds >= 0);
		if (w.config.timeout_said)
			assert_int_equal(w.config.timeout, timeouts[i].seconds);
		end(&w);
	}
}

/* For the corpus. Lines are not those of config_dump(): what is said must be said here. */
static void print_menu(const struct world *w)
{
	const struct config *c = &w->config;

	if (c->timeout_said)
		printf("timeout %u\n", c->timeout);
	if (c->default_entry != NULL)
		printf("default %.*s\n", STR_ARG(c->default_entry->id));
	if (c->once != NULL)
		printf("once %.*s\n", STR_ARG(c->once->id));
	for (const struct entry *e = c->first; e != NULL; e = e->next) {
		printf("\nentry %.*s\ntitle %.*s\n", STR_ARG(e->id), STR_ARG(e->title));
		printf("linux (%.*s)%.*s\n", STR_ARG(e->volume->name), STR_ARG(e->kernel));
		for (unsigned i = 0; i < e->initrds; i++)
			printf("initrd %.*s\n", STR_ARG(e->initrd[i]));
		printf("options %.*s\nproblem %.*s\n", STR_ARG(e->options), STR_ARG(e->problem));
	}
}

static int corpus(char **argv)
{
	unsigned disk = (unsigned)atoi(argv[1]), partition = (unsigned)atoi(argv[2]), volume = 0;
	FILE *f = fopen(argv[4], "rb");
	struct world w;

	if (f == NULL)
		return 2;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	for (char *line = text; (line = strstr(line, "\n=== ")) != NULL; line++) {
		volume++;
		if ((unsigned)atoi(line + 5) == disk &&
		    (unsigned)atoi(strchr(line + 5, ' ')) == partition)
			break;
	}
	if (read_menu(&w, volume, argv[3]) != OK)
		return 1;
	print_menu(&w);
	end(&w);
	return 0;
}

/* 510 names, each of which goes behind those before it, and a thousand that are the same version,
 * and go last. */
static enum status lists_names(struct volume *v, struct str path, dir_fn *take, void *context)
{
	static const char zeros[] = "0000000000";
	char x[200], name[256];
	enum status status = OK;

	(void)v, (void)path;
	memset(x, 'x', sizeof(x));
	for (int i = 0; i < 1510 && status == OK; i++) {
		if (i < 510)
			snprintf(name, sizeof(name), "%.200sb%d.conf", x, 510 - i);
		else
			snprintf(name, sizeof(name), "%.200sa%.*s.%.*s.%.*s.conf", x, i % 10 + 1,
				 zeros, i / 10 % 10 + 1, zeros, i / 100 % 10 + 1, zeros);
		status = take(context, str_of(name), FILE_REGULAR);
	}
	return status;
}

static void names_of_the_same_version_do_not_take_for_ever(void **state)
{
	struct world w = {0};
	struct volume_ops ops;
	struct parse p;

	(void)state;
	begin();
	add("blscfg --path /loader/entries\nmenuentry a { linux /k\n}\n");
	trees_make(&w.trees, text, &w.report);
	p = (struct parse){.volume = w.trees.volume[0],
			   .places = &w.trees.places,
			   .arena = &w.arena,
			   .report = &w.report,
			   .config = &w.config,
			   .path = S("/boot/grub/grub.cfg")};
	ops = *p.volume->ops;
	ops.list = lists_names;
	p.volume->ops = &ops;
	assert_int_equal(grub_cfg_read(&p), E_LIMIT);
	assert_told(&w, "the script does not come to an end");
	end(&w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_end_is_ended_with_a_sentence),
		cmocka_unit_test(what_stood_before_the_end_stays),
		cmocka_unit_test(an_endless_entry_costs_itself),
		cmocka_unit_test(submenus_in_each_other_cost_the_deepest),
		cmocka_unit_test(a_path_of_many_stars_is_bounded),
		cmocka_unit_test(a_bound_that_is_met_in_a_directory_is_told),
		cmocka_unit_test(many_variables_are_bounded),
		cmocka_unit_test(many_entries_are_bounded),
		cmocka_unit_test(titles_of_any_length_cost_nobody_else),
		cmocka_unit_test(an_entry_of_any_length_costs_itself),
		cmocka_unit_test(a_large_menu_is_within_the_bounds),
		cmocka_unit_test(text_that_is_no_script_costs_its_lines),
		cmocka_unit_test(any_want_of_memory_is_told),
		cmocka_unit_test(a_one_shot_choice_is_an_entry_beside_the_default),
		cmocka_unit_test(a_one_shot_choice_from_another_menu_is_left_out),
		cmocka_unit_test(an_entry_sees_what_remains_of_the_default),
		cmocka_unit_test(an_entry_knows_where_its_menu_lies),
		cmocka_unit_test(a_timeout_is_read_as_grub_reads_it),
		cmocka_unit_test(names_of_the_same_version_do_not_take_for_ever),
	};

	if (argc == 5)
		return corpus(argv);
	return cmocka_run_group_tests_name("config grub", tests, NULL, NULL);
}
