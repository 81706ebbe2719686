/* config/: what the volume and the table of languages do to a menu. The language itself has the
 * pairs of test/config/partless: test/config/test_golden.py. */
#include "base/arena.h"
#include "config/config.h"
#include "config/parse.h"
#include "test/unit/fake_volume.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

struct world {
	struct fake_file files[8];
	struct arena arena;
	struct report report;
	struct config config;
	struct settings settings;
	struct volume *volume;
};

static void put_text(struct world *w, unsigned i, const char *path, const char *text)
{
	w->files[i] = (struct fake_file){path, FILE_REGULAR, text, strlen(text), OK};
}

static const struct places no_places;

static enum status read_config_of(struct world *w, enum config_side side,
				  const struct places *places)
{
	w->volume = fake_volume(w->files, 8, &w->report);
	for (unsigned i = 0; i < 8; i++) {
		if (w->files[i].path == NULL)
			w->files[i].path = "";
	}
	return config_read(w->volume, side, &w->settings, places, &w->arena, &w->report,
			   &w->config);
}

static enum status read_config(struct world *w, enum config_side side)
{
	return read_config_of(w, side, &no_places);
}

static void end(struct world *w)
{
	vol_close(w->volume);
	arena_free(&w->arena);
}

static void assert_report(struct world *w, const char *want)
{
	char got[REPORT_SIZE + 1];

	memcpy(got, w->report.text, w->report.n);
	got[w->report.n] = '\0';
	assert_string_equal(got, want);
}

static void assert_str(struct str got, const char *want)
{
	char text[8192];

	assert_true(got.n < sizeof(text));
	if (got.n > 0)
		memcpy(text, got.p, got.n);
	text[got.n] = '\0';
	assert_string_equal(text, want);
}

static void no_boot_file_is_an_empty_menu_and_no_word(void **state)
{
	struct world w = {0};

	(void)state;
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, 0);
	assert_int_equal(w.config.from.n, 0);
	assert_false(w.config.unreadable);
	assert_report(&w, "");
	end(&w);
}

static void the_host_has_its_file_at_the_root(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/partless.conf", "timeout 7\ndefault Debian*\n");
	put_text(&w, 1, "/boot/partless.conf", "title A\nlinux /k\n");
	assert_int_equal(read_config(&w, SIDE_HOST), OK);
	assert_int_equal(w.settings.said[SET_TIMEOUT], SAID_IN_FILE);
	assert_int_equal(w.settings.timeout, 7);
	assert_int_equal(w.config.count, 0);
	assert_str(w.settings.default_glob, "Debian*");
	assert_report(&w, "");
	end(&w);
}

static void what_a_guest_says_for_the_host_is_told(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/boot/partless.conf", "editor no\ndisk x\ntitle A\nlinux /k\n");
	put_text(&w, 1, "/k", "kernel");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_false(w.settings.editor_off);
	assert_int_equal(w.config.count, 1);
	assert_report(&w, "/boot/partless.conf:1: only the host may set 'editor', in its own "
			  "partless.conf\n"
			  "/boot/partless.conf:2: only the host may set 'disk', in its own "
			  "partless.conf\n");
	end(&w);
}

static void the_host_sets_in_its_file_what_nobody_else_said(void **state)
{
	struct world w = {.settings = {.said[SET_TIMEOUT] = SAID_BY_SMBIOS, .timeout = 3}};

	(void)state;
	put_text(&w, 0, "/partless.conf",
		 "timeout 7\non-failure  wait\nlog perhaps\nlog off\nlog console\n"
		 "options-append a b  c \n");
	assert_int_equal(read_config(&w, SIDE_HOST), OK);
	assert_int_equal(w.settings.timeout, 3);
	assert_int_equal(w.settings.on_failure, ON_FAILURE_WAIT);
	assert_int_equal(w.settings.log, LOG_OFF);
	assert_str(w.settings.options_append, "a b  c");
	assert_report(&w,
		      "the host's /partless.conf:3: 'log' takes default, console, debugcon or off\n"
		      "the host's /partless.conf:5: 'log' is already set in line 4\n");
	end(&w);
}

static void the_hosts_paths_begin_at_the_loaders_directory(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/partless.conf", "title A\nlinux rescue/vmlinuz\n");
	assert_int_equal(read_config(&w, SIDE_HOST), OK);
	w.report.text[w.report.n] = '\0';
	assert_non_null(strstr(w.report.text,
			       "the host's /partless.conf:2: 'rescue/vmlinuz' does not begin with "
			       "'/': paths begin at the loader's directory\n"));
	end(&w);
}

static void the_host_may_allow_one_language_or_none(void **state)
{
	static const struct {
		const char *config, *from;
	} cases[] = {
		{"", "/boot/partless.conf"},
		{"extlinux", "/extlinux.conf"},
		{"legacy", ""},
		{"none", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world w = {.settings = {.config = str_of(cases[i].config)}};

		put_text(&w, 0, "/boot/partless.conf", "title A\nlinux /k\n");
		put_text(&w, 1, "/k", "kernel");
		put_text(&w, 2, "/extlinux.conf", "label B\nlinux /k\n");
		assert_int_equal(read_config(&w, SIDE_GUEST), OK);
		assert_str(w.config.from, cases[i].from);
		assert_report(&w, "");
		end(&w);
	}
}

static void an_entry_knows_where_it_came_from(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/boot/partless.conf", "# menu\n\ntitle A\nlinux /k\n");
	put_text(&w, 1, "/k", "kernel");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_ptr_equal(w.config.first->volume, w.volume);
	assert_str(w.config.first->from, "/boot/partless.conf");
	assert_int_equal(w.config.first->line, 3);
	assert_str(w.config.from, "/boot/partless.conf");
	end(&w);
}

static void what_is_wrong_with_a_boot_file_is_its_entrys_problem(void **state)
{
	static const char text[] = "title missing\nlinux /gone\n"
				   "title folder\nlinux /d\n"
				   "title empty\nlinux /k\ninitrd /empty\n"
				   "title device\nefi /tty\n"
				   "title io\nlinux /k\ninitrd /bad\n"
				   "title fine\nlinux /k\ninitrd /k\n";
	static const char *const want[] = {
		"kernel /gone is not there",  "kernel /d is a directory",
		"initrd /empty is empty",     "EFI program /tty is no regular file",
		"initrd /bad cannot be read", "",
	};
	struct world w = {0};
	const struct entry *e;

	(void)state;
	put_text(&w, 0, "/boot/partless.conf", text);
	put_text(&w, 1, "/k", "kernel");
	put_text(&w, 2, "/empty", "");
	w.files[3] = (struct fake_file){.path = "/d", .type = FILE_DIRECTORY, .size = 4096};
	w.files[4] = (struct fake_file){.path = "/tty", .type = FILE_SPECIAL};
	w.files[5] = (struct fake_file){.path = "/bad", .fails = E_IO};
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	e = w.config.first;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++, e = e->next)
		assert_str(e->problem, want[i]);
	/* A missing file is no failure; one that cannot be read is. */
	assert_report(&w, "fake: cannot read /bad\n  /bad: read error\n");
	assert_true(w.config.unreadable);
	end(&w);
}

static void a_boot_file_that_cannot_be_read_is_told(void **state)
{
	struct world w = {0};

	(void)state;
	w.files[0] = (struct fake_file){.path = "/boot/partless.conf", .fails = E_CORRUPT};
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, 0);
	assert_true(w.config.unreadable);
	assert_report(&w,
		      "fake: cannot read /boot/partless.conf\n  /boot/partless.conf: damaged\n");
	end(&w);
}

static void a_directory_for_a_boot_file_is_told_and_no_damage(void **state)
{
	struct world w = {0};

	(void)state;
	w.files[0] = (struct fake_file){.path = "/boot/partless.conf", .type = FILE_DIRECTORY};
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, 0);
	assert_false(w.config.unreadable);
	assert_report(&w, "/boot/partless.conf on fake is not a regular file\n");
	end(&w);
}

static void a_menu_without_a_bootable_entry_is_kept_and_told(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/boot/partless.conf", "title A\nlinux /gone\n");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, 1);
	assert_report(&w, "/boot/partless.conf on fake: none of its entries can boot\n"
			  "  'A': kernel /gone is not there\n");
	end(&w);
}

static void the_hosts_own_menu_is_called_so(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/partless.conf", "title A\nlinux /gone\n");
	assert_int_equal(read_config(&w, SIDE_HOST), OK);
	assert_report(&w, "the host's /partless.conf: none of its entries can boot\n"
			  "  'A': kernel /gone is not there\n");
	assert_string_equal(settings_source_name(SAID_IN_FILE), "the host's /partless.conf");
	end(&w);
}

static void of_many_entries_that_cannot_boot_ten_are_told(void **state)
{
	struct world w = {0};
	char text[512];
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < CONFIG_NOTES + 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "title %u\nlinux /gone\n", i);
	put_text(&w, 0, "/boot/partless.conf", text);
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	w.report.text[w.report.n] = '\0';
	assert_non_null(strstr(w.report.text, "  '9': kernel /gone is not there\n  and 2 more\n"));
	end(&w);
}

static void what_each_boot_file_came_to_is_kept(void **state)
{
	static const struct {
		const char *language, *from;
		enum status status;
		unsigned entries, bootable;
	} want[] = {
		{"partless", "/boot/partless.conf", E_CORRUPT, 0, 0},
		{"grub", "/boot/grub/grub.cfg", OK, 0, 0},
		{"extlinux", "/boot/extlinux.conf", OK, 2, 1},
	};
	struct world w = {0};
	const struct boot_file *f;

	(void)state;
	w.files[0] = (struct fake_file){.path = "/boot/partless.conf", .fails = E_CORRUPT};
	put_text(&w, 1, "/boot/grub/grub.cfg", "set timeout=5\n");
	put_text(&w, 2, "/boot/extlinux.conf", "label A\nlinux /k\nlabel B\nlinux /gone\n");
	put_text(&w, 3, "/k", "kernel");
	put_text(&w, 4, "/boot/grub/menu.lst", "title not read\n"); /* extlinux.conf boots */
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	f = w.config.files;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++, f = f->next) {
		assert_non_null(f);
		assert_string_equal(f->place.language, want[i].language);
		assert_str(f->from, want[i].from);
		assert_int_equal(f->status, want[i].status);
		assert_int_equal(f->entries, want[i].entries);
		assert_int_equal(f->bootable, want[i].bootable);
	}
	assert_null(f);
	end(&w);
}

static void a_boot_file_too_large_is_refused(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/boot/partless.conf", "title A\n");
	w.files[0].data = NULL;
	w.files[0].size = UINT64_C(1) << 62;
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, 0);
	assert_true(w.report.n > 0);
	end(&w);
}

static void ids_are_unique(void **state)
{
	struct world w = {0};
	const struct entry *e;

	(void)state;
	put_text(&w, 0, "/boot/partless.conf",
		 "title A#3\nlinux /k\ntitle A\nlinux /k\ntitle A\nlinux /k\ntitle A#5\n");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	e = w.config.first;
	assert_str(e->id, "A#3");
	assert_str(e->next->id, "A");
	assert_str(e->next->next->id, "A#5");
	assert_str(e->next->next->next->id, "A#5#7");
	end(&w);
}

static void the_default_prefers_an_entry_that_boots(void **state)
{
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/boot/partless.conf",
		 "default debian*\ntitle Other\nlinux /k\ntitle Debian 13\nlinux /gone\n"
		 "title Debian 12\nlinux /k\n");
	put_text(&w, 1, "/k", "kernel");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_str(w.config.default_entry->id, "Debian 12");
	end(&w);
}

static void matching_is_bounded(void **state)
{
	char text[GLOB_MAX + 2];
	struct entry e = {0};

	(void)state;
	memset(text, 'a', sizeof(text));
	e.title = (struct str){text, GLOB_MAX};
	assert_true(entry_match(&e, S("A*")));
	e.title.n++;
	assert_false(entry_match(&e, S("A*")));
	assert_false(entry_match(&e, (struct str){text, GLOB_MAX + 1}));
}

static void the_most_entries_are_a_bound(void **state)
{
	struct world w = {0};
	static char text[(ENTRIES_MAX + 10) * 20];
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < ENTRIES_MAX + 5; i++)
		n += (size_t)sprintf(text + n, "title same\nlinux /k\n");
	put_text(&w, 0, "/boot/partless.conf", text);
	put_text(&w, 1, "/k", "kernel");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, ENTRIES_MAX);
	assert_report(&w,
		      "/boot/partless.conf:1025: more than 512 entries: the rest is not read\n");
	end(&w);
}

static void want_of_memory_is_a_status(void **state)
{
	unsigned refused = 0;

	(void)state;
	for (size_t limit = 64 * 1024; limit <= 1024 * 1024; limit += 64 * 1024) {
		struct world w = {.arena = {.limit = limit}};
		static char text[ENTRIES_MAX * 20 + 1];
		size_t n = 0;
		enum status status;

		for (unsigned i = 0; i < ENTRIES_MAX; i++)
			n += (size_t)sprintf(text + n, "title same\nlinux /k\n");
		put_text(&w, 0, "/boot/partless.conf", text);
		status = read_config(&w, SIDE_GUEST);
		assert_true(status == OK || status == E_NO_MEMORY);
		refused += status != OK;
		assert_true(w.report.n > 0);
		end(&w);
	}
	assert_in_range(refused, 1, 14);
}

static enum status lists_a_kernel(struct volume *v, struct str path, dir_fn *add, void *context)
{
	(void)v, (void)path;
	return add(context, S("vmlinuz-1"), FILE_REGULAR);
}

static void want_of_memory_at_an_initrd_does_not_pass_for_a_bad_initrd(void **state)
{
	struct world w = {0};
	struct parse p = {.places = &no_places,
			  .arena = &w.arena,
			  .report = &w.report,
			  .config = &w.config,
			  .path = S("/boot")};
	struct volume_ops ops;

	(void)state;
	put_text(&w, 0, "/boot/vmlinuz-1", "kernel");
	w.files[1] = (struct fake_file){.path = "/boot/initrd.img-1", .fails = E_NO_MEMORY};
	w.volume = p.volume = fake_volume(w.files, 2, &w.report);
	ops = *w.volume->ops;
	ops.list = lists_a_kernel;
	w.volume->ops = &ops;
	assert_int_equal(kernels_read(&p), E_NO_MEMORY);
	assert_true(w.report.n > 0);
	end(&w);
}

/* The texts that were kept, as "PATH=BYTES;". */
static void assert_texts(const struct world *w, const char *want)
{
	char text[200] = "";

	for (const struct boot_text *t = w->config.texts; t != NULL; t = t->next) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%.*s=%.*s;", STR_ARG(t->path),
			 STR_ARG(t->bytes));
	}
	assert_string_equal(text, want);
}

static void what_was_parsed_is_kept_if_it_is_measured(void **state)
{
	static const struct places measured = {.measured = true};
	struct world w = {0};

	(void)state;
	put_text(&w, 0, "/boot/grub/grub.cfg",
		 "\xef\xbb\xbfload_env\nsource /x\nsource /x\n"
		 "menuentry A { linux /k }\n");
	put_text(&w, 1, "/x", "# x\n");
	put_text(&w, 2, "/k", "kernel");
	put_text(&w, 3, "/boot/partless.conf", "timeout 3\n"); /* passed over */
	put_text(&w, 4, "/boot/grub/grubenv", "# GRUB Environment Block\na=1\n####");
	assert_int_equal(read_config(&w, SIDE_GUEST), OK);
	assert_int_equal(w.config.count, 1);
	assert_texts(&w, "");
	end(&w);
	assert_int_equal(read_config_of(&w, SIDE_GUEST, &measured), OK);
	assert_texts(&w, "/boot/grub/grub.cfg=\xef\xbb\xbfload_env\nsource /x\nsource /x\n"
			 "menuentry A { linux /k }\n;/x=# x\n;");
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_boot_file_is_an_empty_menu_and_no_word),
		cmocka_unit_test(the_host_has_its_file_at_the_root),
		cmocka_unit_test(what_a_guest_says_for_the_host_is_told),
		cmocka_unit_test(the_host_sets_in_its_file_what_nobody_else_said),
		cmocka_unit_test(the_hosts_paths_begin_at_the_loaders_directory),
		cmocka_unit_test(the_host_may_allow_one_language_or_none),
		cmocka_unit_test(an_entry_knows_where_it_came_from),
		cmocka_unit_test(what_is_wrong_with_a_boot_file_is_its_entrys_problem),
		cmocka_unit_test(a_boot_file_that_cannot_be_read_is_told),
		cmocka_unit_test(a_directory_for_a_boot_file_is_told_and_no_damage),
		cmocka_unit_test(a_menu_without_a_bootable_entry_is_kept_and_told),
		cmocka_unit_test(the_hosts_own_menu_is_called_so),
		cmocka_unit_test(of_many_entries_that_cannot_boot_ten_are_told),
		cmocka_unit_test(what_each_boot_file_came_to_is_kept),
		cmocka_unit_test(a_boot_file_too_large_is_refused),
		cmocka_unit_test(what_was_parsed_is_kept_if_it_is_measured),
		cmocka_unit_test(ids_are_unique),
		cmocka_unit_test(the_default_prefers_an_entry_that_boots),
		cmocka_unit_test(matching_is_bounded),
		cmocka_unit_test(the_most_entries_are_a_bound),
		cmocka_unit_test(want_of_memory_is_a_status),
		cmocka_unit_test(want_of_memory_at_an_initrd_does_not_pass_for_a_bad_initrd),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
