/* save_env and load_env over several boots: blocks.c, envblk.c, config/kept.c. */
#include "base/arena.h"
#include "config/kept.h"
#include "config/parse.h"
#include "fs/volume.h"
#include "test/unit/test.h"
#include "test/unit/tree_volume.h"

#define HEADER "# GRUB Environment Block\n"
#define UUID   "11111111-2222-3333-4444-555555555555"

static const char *script, *grubenv;
static struct trees trees;
static struct arena arena;
static struct report report;
static struct config config;

/* What the machine keeps. */
static char name[KEPT_NAME], kept[KEPT_MAX];
static size_t kept_n;
static unsigned writes;
static bool nameless; /* the volume has no UUID */

static enum status recall(const char *wanted, void *to, size_t room, size_t *n)
{
	if (kept_n == 0 || strcmp(wanted, name) != 0)
		return E_NOT_FOUND;
	assert_true(kept_n <= room);
	memcpy(to, kept, kept_n);
	*n = kept_n;
	return OK;
}

static int setup(void **state)
{
	(void)state;
	kept_n = 0;
	writes = 0;
	nameless = false;
	tree_inode = 13;
	tree_changed = 1700000000123456789;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	trees_free(&trees);
	trees = (struct trees){0};
	arena_free(&arena);
	return 0;
}

/* The machine starts: the script is run. */
static void start(void)
{
	static char text[8192];

	teardown(NULL);
	report = (struct report){0};
	config = (struct config){0};
	snprintf(text, sizeof(text),
		 "==> /no\n=== 1 0 " UUID " root\n==> /k\n==> /boot/grub/grub.cfg\n%s\n"
		 "==> /boot/grub/grubenv\n%s",
		 script, grubenv);
	trees_make(&trees, text, &report);
	trees.places.recall = recall;
	if (nameless)
		trees.volume[1]->uuid[0] = '\0';

	struct parse p = {.volume = trees.volume[1],
			  .places = &trees.places,
			  .arena = &arena,
			  .report = &report,
			  .config = &config,
			  .path = S("/boot/grub/grub.cfg")};

	assert_int_equal(grub_cfg_read(&p), OK);
}

/* What the loader does with a list. */
static void keep(const struct kept *k)
{
	for (; k != NULL; k = k->next) {
		if (str_eq(k->text, (struct str){kept, kept_n}))
			continue;
		strcpy(name, k->name);
		if (k->text.n > 0)
			memcpy(kept, k->text.p, k->text.n);
		kept_n = k->text.n;
		writes++;
	}
}

static const struct entry *with_id(const char *id)
{
	const struct entry *e = config.first;

	while (!str_eq(e->id, str_of(id)))
		e = e->next;
	return e;
}

/* The machine boots: by itself, or when CHOSEN is not NULL the entry that a person chose. Returns
 * the id of what was booted. */
static const char *boot(const char *chosen)
{
	static char id[64];
	const struct entry *e;
	bool once;

	start();
	once = config.once != NULL;
	keep(once ? config.kept_once : config.kept);
	e = once ? config.once : config.default_entry;
	if (chosen != NULL)
		e = with_id(chosen);
	keep(once ? e->kept_once : e->kept);
	snprintf(id, sizeof(id), "%.*s", STR_ARG(e->id));
	return id;
}

/* The lines that are kept, without the head, and without what was in the file. */
static const char *changes(void)
{
	static char text[KEPT_MAX];
	size_t n = 0;
	bool skipped = true;

	for (size_t i = 0; i < kept_n; i++) {
		if (!skipped)
			text[n++] = kept[i];
		if (kept[i] == '\n')
			skipped = i + 1 < kept_n && kept[i + 1] == '#';
	}
	text[n] = '\0';
	return text;
}

/* The guest writes to the file. */
static void guest_writes(const char *text)
{
	grubenv = text;
	tree_changed++;
}

#define FILLING "################################################################"

static const char debian[] =
	"load_env\n"
	"if [ \"${next_entry}\" ]; then\n set default=\"${next_entry}\"\n set next_entry=\n"
	" save_env next_entry\n set boot_once=true\n"
	"else\n set default=\"${saved_entry}\"\nfi\n"
	"if [ \"${prev_saved_entry}\" ]; then\n set saved_entry=\"${prev_saved_entry}\"\n"
	" save_env saved_entry\n set prev_saved_entry=\n save_env prev_saved_entry\n"
	" set boot_once=true\nfi\n"
	"function savedefault {\n if [ -z \"${boot_once}\" ]; then\n"
	"  saved_entry=\"${chosen}\"\n  save_env saved_entry\n fi\n}\n"
	"menuentry a { savedefault\nlinux /k\n}\n"
	"menuentry b { savedefault\nlinux /k\n}\n"
	"menuentry c { savedefault\nlinux /k\n}\n";

static void a_one_shot_choice_is_consumed_and_may_be_made_again(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=a\nnext_entry=b\n" FILLING;
	assert_string_equal(boot(NULL), "b");
	assert_string_equal(changes(), "next_entry=\n");
	assert_string_equal(boot(NULL), "a");
	assert_string_equal(boot(NULL), "a");
	assert_int_equal(writes, 1);
	guest_writes(HEADER "saved_entry=a\nnext_entry=b\n" FILLING);
	assert_string_equal(boot(NULL), "b");
	assert_string_equal(boot(NULL), "a");
	assert_int_equal(writes, 2);
}

static void a_default_that_is_set_for_one_boot_is_put_back(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=c\nprev_saved_entry=a\n" FILLING;
	assert_string_equal(boot(NULL), "c");
	assert_string_equal(changes(), "saved_entry=a\nprev_saved_entry=\n");
	assert_string_equal(boot(NULL), "a");
}

static void the_entry_that_boots_is_saved_and_no_other(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=a\n" FILLING;
	assert_string_equal(boot(NULL), "a");
	assert_int_equal(writes, 0);
	assert_string_equal(boot("c"), "c");
	assert_string_equal(changes(), "saved_entry=c\n");
	assert_string_equal(boot(NULL), "c");
	assert_int_equal(writes, 1);
	assert_string_equal(boot("a"), "a"); /* as in the file: nothing is kept any more */
	assert_int_equal(kept_n, 0);
	assert_string_equal(boot(NULL), "a");
	assert_int_equal(writes, 2);
}

static void what_a_person_chooses_in_a_one_shot_boot_is_not_saved(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=a\nnext_entry=b\n" FILLING;
	assert_string_equal(boot("c"), "c");
	assert_string_equal(changes(), "next_entry=\n");
}

static void an_entry_may_take_back_what_the_script_saved(void **state)
{
	(void)state;
	script = "load_env\nx=new\nsave_env x\nmenuentry a { x=old\nsave_env x\nlinux /k\n}\n"
		 "menuentry b { linux /k\n}\n";
	grubenv = HEADER "x=old\n" FILLING;
	for (unsigned i = 0; i < 2; i++) {
		boot("a");
		assert_string_equal(changes(), "");
		boot("b");
		assert_string_equal(changes(), "x=new\n");
	}
}

static void what_was_kept_of_an_older_file_goes_with_the_next_save(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=a\n" FILLING;
	boot("c");
	guest_writes(HEADER "saved_entry=a\n" FILLING);
	boot("a");
	assert_int_equal(kept_n, 0);
}

static const char ubuntu[] =
	"load_env\nset default=0\n"
	"if [ \"${recordfail}\" = 1 ]; then set timeout=30; else set timeout=0; fi\n"
	"function recordfail {\n set recordfail=1\n save_env recordfail\n}\n"
	"menuentry a { recordfail\nlinux /k\n}\n";

static void a_boot_that_the_guest_does_not_clear_is_remembered(void **state)
{
	(void)state;
	script = ubuntu;
	grubenv = HEADER FILLING;
	boot(NULL);
	assert_int_equal(config.timeout, 0);
	boot(NULL);
	assert_int_equal(config.timeout, 30);
	boot(NULL);
	assert_int_equal(config.timeout, 30);
	assert_int_equal(writes, 1);
	guest_writes(HEADER FILLING); /* `grub-editenv unset` writes the same bytes */
	boot(NULL);
	assert_int_equal(config.timeout, 0);
}

static const char ubuntu_saves_its_default[] =
	"load_env\n"
	"if [ \"${next_entry}\" ]; then\n set default=\"${next_entry}\"\n set next_entry=\n"
	" save_env next_entry\n set boot_once=true\nelse set default=\"${saved_entry}\"\nfi\n"
	"function savedefault {\n if [ -z \"${boot_once}\" ]; then\n"
	"  saved_entry=\"${chosen}\"\n  save_env saved_entry\n fi\n}\n"
	"function recordfail {\n set recordfail=1\n"
	" if [ -z \"${boot_once}\" ]; then save_env recordfail; fi\n}\n"
	"menuentry a { recordfail\nsavedefault\nlinux /k\n}\n"
	"menuentry b { recordfail\nsavedefault\nlinux /k\n}\n"
	"menuentry c { recordfail\nsavedefault\nlinux /k\n}\n";

static void a_guest_that_changes_something_else_makes_no_choice_anew(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=a\nnext_entry=b\n" FILLING;
	assert_string_equal(boot(NULL), "b");
	guest_writes(HEADER "saved_entry=c\nnext_entry=b\n" FILLING);
	assert_string_equal(boot(NULL), "c");
	guest_writes(HEADER "saved_entry=c\nnext_entry=b\nx=1\n" FILLING);
	assert_string_equal(boot("a"), "a");
	guest_writes(HEADER "saved_entry=c\nnext_entry=b\nx=2\n" FILLING);
	assert_string_equal(boot(NULL), "a");
	/* Nothing but the time has changed, so it is asked for again. */
	guest_writes(HEADER "saved_entry=c\nnext_entry=b\nx=2\n" FILLING);
	assert_string_equal(boot(NULL), "b");
}

static void what_was_kept_of_an_older_file_is_kept_of_the_new_one(void **state)
{
	(void)state;
	script = "load_env\ndefault=a\nif [ \"$next_entry\" ]; then\ndefault=$next_entry\n"
		 "next_entry=\nsave_env next_entry\nfi\n"
		 "menuentry a { linux /k\n}\nmenuentry b { linux /k\n}\n";
	grubenv = HEADER "next_entry=b\n" FILLING;
	assert_string_equal(boot(NULL), "b");
	guest_writes(HEADER "next_entry=b\nx=1\n" FILLING);
	assert_string_equal(boot(NULL), "a");
	assert_int_equal(writes, 2);
	assert_string_equal(boot(NULL), "a");
	assert_int_equal(writes, 2);
	guest_writes(HEADER "next_entry=b\nx=1\n" FILLING);
	assert_string_equal(boot(NULL), "b");
}

static void a_default_for_one_boot_is_chosen_anew_with_the_one_to_put_back(void **state)
{
	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=c\nprev_saved_entry=a\n" FILLING;
	assert_string_equal(boot(NULL), "c");
	assert_string_equal(boot(NULL), "a");
	guest_writes(HEADER "saved_entry=b\nprev_saved_entry=a\n" FILLING);
	assert_string_equal(boot(NULL), "b");
	assert_string_equal(boot(NULL), "a");
	guest_writes(HEADER "saved_entry=b\nprev_saved_entry=a\nx=1\n" FILLING);
	assert_string_equal(boot(NULL), "a");
}

static void a_guest_that_writes_after_each_boot_makes_no_choice_anew(void **state)
{
	static const char env[] = HEADER "saved_entry=a\nnext_entry=b\n" FILLING;

	(void)state;
	script = ubuntu_saves_its_default;
	grubenv = env;
	assert_string_equal(boot(NULL), "b");
	for (unsigned i = 0; i < 3; i++) {
		guest_writes(env);
		assert_string_equal(boot(NULL), "a");
	}
	guest_writes(env);
	assert_string_equal(boot("c"), "c");
	for (unsigned i = 0; i < 3; i++) {
		guest_writes(env);
		assert_string_equal(boot(NULL), "c");
		assert_null(strstr(changes(), "\nrecordfail=1\nrecordfail"));
	}
	/* Another choice counts. */
	guest_writes(HEADER "saved_entry=a\nnext_entry=a\n" FILLING);
	assert_string_equal(boot(NULL), "a");
	assert_string_equal(boot(NULL), "c");
	guest_writes(HEADER "saved_entry=b\nnext_entry=a\n" FILLING);
	assert_string_equal(boot(NULL), "b");
}

static const char greenboot[] =
	"load_env\n"
	"if [ -n \"${boot_counter}\" -a \"${boot_success}\" = \"0\" ]; then\n"
	" if [ \"${boot_counter}\" = \"0\" -o \"${boot_counter}\" = \"-1\" ]; then\n"
	"  set default=1\n  set boot_counter=-1\n"
	" else\n  decrement boot_counter\n fi\n save_env boot_counter\nfi\n"
	"menuentry new { linux /k\n}\nmenuentry old { linux /k\n}\n";

static void a_counter_counts_down_to_the_fall_back(void **state)
{
	static const char *const booted[] = {"new", "new", "new", "old", "old"};

	(void)state;
	script = greenboot;
	grubenv = HEADER "boot_counter=3\nboot_success=0\n" FILLING;
	for (unsigned i = 0; i < 5; i++)
		assert_string_equal(boot(NULL), booted[i]);
	assert_string_equal(changes(), "boot_counter=-1\n");
	guest_writes(HEADER "boot_success=1\n" FILLING);
	assert_string_equal(boot(NULL), "new");
}

static const char hidden[] =
	"load_env\nset timeout=5\n"
	"if [ \"${boot_success}\" = \"1\" -o \"${boot_indeterminate}\" = \"1\" ]; then\n"
	" set menu_hide_ok=1\nelse\n set menu_hide_ok=0\nfi\n"
	"if [ \"${boot_success}\" = \"1\" ] ; then\n set boot_indeterminate=0\nelse\n"
	" if [ \"${boot_indeterminate}\" = \"1\" ] ; then set boot_indeterminate=2\n"
	" else set boot_indeterminate=1\n fi\nfi\nset boot_success=0\n"
	"save_env boot_success boot_indeterminate\n"
	"if [ \"${menu_auto_hide}\" = \"1\" -a \"${menu_hide_ok}\" = \"1\" ]; then set timeout=1; "
	"fi\n"
	"if [ \"${menu_show_once}\" ]; then\n unset menu_show_once\n save_env menu_show_once\n"
	" set timeout=60\nfi\n"
	"menuentry a { linux /k\n}\n";

static void a_menu_is_hidden_after_a_success_and_shown_once(void **state)
{
	(void)state;
	script = hidden;
	grubenv = HEADER "boot_success=1\nboot_indeterminate=0\nmenu_auto_hide=1\n" FILLING;
	boot(NULL);
	assert_int_equal(config.timeout, 1);
	assert_string_equal(changes(), "boot_success=0\n");
	boot(NULL);
	assert_int_equal(config.timeout, 5);
	assert_string_equal(changes(), "boot_success=0\nboot_indeterminate=1\n");
	guest_writes(HEADER "boot_success=1\nmenu_show_once=1\nmenu_auto_hide=1\n" FILLING);
	boot(NULL);
	assert_int_equal(config.timeout, 60);
	assert_string_equal(changes(), "boot_success=0\nboot_indeterminate=0\nmenu_show_once\n");
	boot(NULL);
	assert_int_equal(config.timeout, 5);
}

/* Inode, time, size and checksum, each alone. When the bytes are others, a choice goes on. */
static void whatever_tells_that_the_file_was_written_ends_what_was_kept(void **state)
{
	static const struct {
		uint64_t inode;
		int64_t changed;
		const char *env, *booted;
	} files[] = {
		{14, 1700000000123456789, HEADER "saved_entry=a\n" FILLING, "a"},
		{13, 1700000000123456790, HEADER "saved_entry=a\n" FILLING, "a"},
		{13, 1700000000123456789, HEADER "saved_entry=a\n#" FILLING, "c"},
		{13, 1700000000123456789, HEADER "saved_entry=a\nx=1\n" FILLING, "c"},
		{13, 1700000000123456789, HEADER "saved_entry=b\n" FILLING, "b"},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		setup(state);
		script = debian;
		grubenv = HEADER "saved_entry=a\n" FILLING;
		boot("c");
		assert_string_equal(boot(NULL), "c");
		tree_inode = files[i].inode;
		tree_changed = files[i].changed;
		grubenv = files[i].env;
		assert_string_equal(boot(NULL), files[i].booted);
	}
}

static void what_was_kept_names_the_file_in_one_line(void **state)
{
	(void)state;
	script = "x=1\nsave_env x\n";
	grubenv = HEADER FILLING;
	start();
	keep(config.kept);
	kept[kept_n] = '\0';
	assert_string_equal(kept, "Partless 1: /boot/grub/grubenv on " UUID ", inode 16, changed "
				  "1700000000123456789, 89 bytes, CRC 7cdfbfa7\nx=1\n");
	assert_true(strncmp(name, "GrubEnv-", 8) == 0 && strlen(name) == 16);
}

static void without_a_uuid_nothing_is_kept(void **state)
{
	(void)state;
	nameless = true;
	script = debian;
	grubenv = HEADER "saved_entry=a\nnext_entry=b\n" FILLING;
	start();
	assert_non_null(config.once);
	assert_null(config.kept_once);
	assert_int_equal(report.n, 0);
}

/* GRUB 2.06: lib/envblk.c */
static void a_full_block_takes_nothing_more(void **state)
{
	static const struct {
		const char *script, *env, *changes;
	} blocks[] = {
		{"x=12\nsave_env x\n", HEADER "#####", "x=12\n"},
		{"x=12\nsave_env x\n", HEADER "####", ""},
		{"x=12\nsave_env x\n", HEADER "x=1\n#", "x=12\n"},
		{"x=12\nsave_env x\n", HEADER "x=1\n", ""},
		{"x=1\\\\\nsave_env x\n", HEADER "x=1\n#", ""},
		{"x=1\\\\\nsave_env x\n", HEADER "x=1\n##", "x=1\\\\\n"},
		{"x=1\ny=12345\nsave_env x y\n", HEADER "######", ""}, /* all or nothing */
		{"save_env x\nx=123\nsave_env x\n", HEADER "y=1\nx=1\n##", "x=123\n"},
		{"save_env y\nx=123\nsave_env x\n", HEADER "y=1\n##", "x=123\ny\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		script = blocks[i].script;
		grubenv = blocks[i].env;
		kept_n = 0;
		start();
		keep(config.kept);
		assert_string_equal(changes(), blocks[i].changes);
	}
}

/* GRUB runs these when somebody opens the submenu or the other menu. */
static void what_a_submenu_or_another_menu_saves_is_kept_with_its_entries(void **state)
{
	static const char *const scripts[] = {
		"submenu s {\nx=1\nsave_env x\nmenuentry in { y=2\nsave_env y\nlinux /k\n}\n}\n"
		"menuentry out { linux /k\n}\n",
		"menuentry in {\nconfigfile /other.cfg\n}\nmenuentry out { linux /k\n}\n"
		"==> /other.cfg\nx=1\nsave_env x\nmenuentry other { y=2\nsave_env y\nlinux /k\n}\n",
	};

	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		setup(state);
		script = scripts[i];
		grubenv = HEADER FILLING;
		start();
		assert_null(config.kept);
		assert_null(config.first->next->kept);
		keep(config.first->kept);
		assert_string_equal(changes(), "x=1\ny=2\n");
	}
}

static void what_a_file_saves_that_is_shown_instead_is_kept_before_its_menu(void **state)
{
	(void)state;
	script = "x=1\nsave_env x\nconfigfile /other.cfg\n"
		 "==> /other.cfg\ny=2\nsave_env y\nmenuentry a { linux /k\n}\n";
	grubenv = HEADER FILLING;
	start();
	keep(config.kept);
	assert_string_equal(changes(), "x=1\ny=2\n");
}

/* GRUB 2.06: test_saving.py asks it. */
static void only_a_variable_that_is_set_must_have_a_fit_name(void **state)
{
	(void)state;
	script = "save_env '' a=b '#'\nx=$?\nsave_env x\nset '#=1'\nsave_env '#'\ny=$?\nsave_env "
		 "y\n";
	grubenv = HEADER FILLING;
	start();
	keep(config.kept);
	assert_string_equal(changes(), "x=0\ny=18\n");
}

static void a_block_of_a_signature_alone_is_none(void **state)
{
	(void)state;
	script = "load_env\nmenuentry $? { linux /k\n}\n";
	grubenv = HEADER "#";
	start();
	assert_true(str_eq(config.first->title, S("0")));
	grubenv = HEADER;
	start();
	assert_true(str_eq(config.first->title, S("4")));
}

static void a_file_has_one_block_whatever_path_leads_to_it(void **state)
{
	(void)state;
	script = "x=1\nsave_env x\nx=2\nload_env -f /boot//grub/grubenv\nmenuentry a$x {\nx=3\n"
		 "save_env -f /boot/./grub/grubenv x\nx=4\nload_env\nlinux /k$x\n}\n";
	grubenv = HEADER FILLING;
	start();
	assert_true(str_eq(config.first->title, S("a1")));
	assert_null(config.first->kept->next);
	assert_true(str_eq(config.first->kernel, S("/k3")));
}

static void a_value_of_several_lines_comes_back(void **state)
{
	(void)state;
	script = "load_env\nif [ -z \"$x\" ]; then\nx='a\\\nb'\nsave_env x\nfi\n"
		 "menuentry \"$x\" { linux /k\n}\n";
	grubenv = HEADER FILLING;
	boot(NULL);
	assert_int_equal(writes, 1);
	start();
	assert_null(config.kept);
	assert_true(str_eq(config.first->title, S("a\\\nb")));
}

/* Anybody in the guest can write the variable. */
static void what_somebody_else_kept_is_harmless(void **state)
{
	static const char *const lies[] = {
		"=\n", "\n\n\n", "#=1\n", "saved_entry", "saved_entry=b\\", "a=b=c\n\\\n=",
	};

	(void)state;
	script = debian;
	grubenv = HEADER "saved_entry=a\n" FILLING;
	boot("c");
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		char *behind = strchr(kept, '\n') + 1;

		strcpy(behind, lies[i]);
		kept_n = (size_t)(behind - kept) + strlen(lies[i]);
		start();
		assert_int_equal(config.count, 3);
		assert_non_null(config.default_entry);
	}
}

static void at_most_four_files_are_kept(void **state)
{
	unsigned n = 0;

	(void)state;
	script = "for i in 1 2 3 4 5; do save_env -f /env$i y; done\n"
		 "==> /env1\n" HEADER "y=1\n==> /env2\n" HEADER "y=1\n==> /env3\n" HEADER
		 "y=1\n==> /env4\n" HEADER "y=1\n==> /env5\n" HEADER "y=1\n";
	grubenv = HEADER FILLING;
	start();
	for (const struct kept *k = config.kept; k != NULL; k = k->next)
		n++;
	assert_int_equal(n, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_one_shot_choice_is_consumed_and_may_be_made_again),
		TEST(a_default_that_is_set_for_one_boot_is_put_back),
		TEST(the_entry_that_boots_is_saved_and_no_other),
		TEST(what_a_person_chooses_in_a_one_shot_boot_is_not_saved),
		TEST(an_entry_may_take_back_what_the_script_saved),
		TEST(what_was_kept_of_an_older_file_goes_with_the_next_save),
		TEST(a_boot_that_the_guest_does_not_clear_is_remembered),
		TEST(a_guest_that_changes_something_else_makes_no_choice_anew),
		TEST(what_was_kept_of_an_older_file_is_kept_of_the_new_one),
		TEST(a_default_for_one_boot_is_chosen_anew_with_the_one_to_put_back),
		TEST(a_guest_that_writes_after_each_boot_makes_no_choice_anew),
		TEST(a_counter_counts_down_to_the_fall_back),
		TEST(a_menu_is_hidden_after_a_success_and_shown_once),
		TEST(whatever_tells_that_the_file_was_written_ends_what_was_kept),
		TEST(what_was_kept_names_the_file_in_one_line),
		TEST(without_a_uuid_nothing_is_kept),
		TEST(a_full_block_takes_nothing_more),
		TEST(what_a_submenu_or_another_menu_saves_is_kept_with_its_entries),
		TEST(what_a_file_saves_that_is_shown_instead_is_kept_before_its_menu),
		TEST(only_a_variable_that_is_set_must_have_a_fit_name),
		TEST(a_block_of_a_signature_alone_is_none),
		TEST(a_file_has_one_block_whatever_path_leads_to_it),
		TEST(a_value_of_several_lines_comes_back),
		TEST(what_somebody_else_kept_is_harmless),
		TEST(at_most_four_files_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
