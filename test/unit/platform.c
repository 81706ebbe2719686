/* The platform of the tests. */
#include "test/unit/platform.h"

#include <stdio.h>
#include <string.h>

#include "loader/loader.h"
#include "loader/plan.h"
#include "loader/platform.h"
#include "test/unit/console.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

unsigned platform_waits;
char platform_resets[16];
const enum status *platform_answers;
unsigned platform_answers_count;
char platform_started[1024];
enum status platform_memory;
bool platform_forgets, platform_confidential, platform_secure;
char platform_variables[512];
unsigned platform_gets;
static struct {
	char name[VARIABLE_NAME_MAX + 4];
	char bytes[8192];
	size_t n;
} kept[32];
char platform_reached[16];
unsigned platform_measuring;
char platform_measured[2048];
enum status platform_measure_answer;
struct block *platform_disks[3][4];
enum status (*platform_host)(struct loader *);

void platform_script(const enum status *answers, unsigned n)
{
	platform_waits = 0;
	platform_answers = answers;
	platform_answers_count = n;
	platform_started[0] = '\0';
	platform_resets[0] = '\0';
	platform_reached[0] = '\0';
	platform_host = NULL;
	platform_measuring = 0;
	platform_measured[0] = '\0';
	platform_measure_answer = OK;
	memset(platform_disks, 0, sizeof(platform_disks));
}

int platform_free(struct loader *l)
{
	loader_free(l);
	assert_int_equal(memory_used, 0);
	return 0;
}

enum status platform_read_settings(struct loader *l)
{
	return platform_host != NULL ? platform_host(l) : E_NOT_FOUND;
}

bool platform_connect(enum platform_reach reach)
{
	static const char letters[] = {
		[REACH_STORAGE] = 's', [REACH_SCSI] = 'l', [REACH_USB] = 'u'};

	strncat(platform_reached, &letters[reach], 1);
	console_pass(PLATFORM_CONNECT_MS);
	return platform_disks[reach][0] != NULL;
}

/* The disks of all that was connected. */
enum status platform_find(struct loader *l)
{
	static struct disk disks[8];

	l->disks = disks;
	l->count = 0;
	for (size_t i = 0; i < strlen(platform_reached); i++) {
		for (struct block **b = platform_disks[i]; *b != NULL; b++) {
			(*b)->report = l->report;
			disks[l->count] = (struct disk){.block = *b, .number = l->count};
			l->count++;
		}
	}
	return OK;
}

bool platform_report_unreachable(struct report *r)
{
	note(r, "a disk is out of reach");
	return true;
}

void platform_reset(bool off)
{
	strcat(platform_resets, off ? "o" : "r");
}

void platform_wait(void)
{
	platform_waits++;
}

void platform_describe(struct arena *arena, struct facts *facts)
{
	(void)arena;
	*facts = (struct facts){
		.firmware = S("Unit 1.02"),
		.type = S("UEFI 2.70"),
		.image = S("\\boot.efi"),
		.confidential = platform_confidential,
		.secure_boot = platform_secure,
	};
}

unsigned platform_measures(void)
{
	return platform_measuring;
}

enum status platform_measure(const struct measurement *m, struct report *report)
{
	size_t n = strlen(platform_measured);

	if (platform_measure_answer != OK)
		return fail(report, platform_measure_answer, "nothing is measured here");
	snprintf(platform_measured + n, sizeof(platform_measured) - n, "%s %u %x>%u: %.*s\n",
		 m->what, m->pcr, m->tag, m->into, STR_ARG(m->data));
	return OK;
}

bool platform_remembers(void)
{
	return !platform_forgets;
}

void platform_forget_all(void)
{
	memset(kept, 0, sizeof(kept));
	platform_variables[0] = '\0';
	platform_gets = 0;
}

/* The place of a variable, or a free one. */
static size_t find(enum vendor vendor, const char *name)
{
	char full[sizeof(kept->name)];
	size_t i = 0;

	snprintf(full, sizeof(full), "%d:%s", (int)vendor, name);
	while (kept[i].n > 0 && strcmp(kept[i].name, full) != 0)
		assert_true(++i < sizeof(kept) / sizeof(*kept));
	strcpy(kept[i].name, full);
	return i;
}

enum status platform_get(enum vendor vendor, const char *name, void *to, size_t room, size_t *bytes)
{
	size_t i = find(vendor, name);

	platform_gets++;
	if (kept[i].n == 0)
		return E_NOT_FOUND;
	if (kept[i].n > room)
		return E_LIMIT;
	memcpy(to, kept[i].bytes, kept[i].n);
	*bytes = kept[i].n;
	return OK;
}

enum status platform_set(enum vendor vendor, const char *name, enum keeping keeping, const void *p,
			 size_t bytes, struct report *report)
{
	size_t i = find(vendor, name), n = strlen(platform_variables);

	if (platform_memory != OK)
		return fail(report, platform_memory, "nothing is remembered here");
	assert_true(bytes <= sizeof(kept[i].bytes) && strlen(name) <= VARIABLE_NAME_MAX);
	snprintf(platform_variables + n, sizeof(platform_variables) - n, "%s%s%s ",
		 bytes == 0 ? "-" : "", keeping == KEEP_FOR_EVER ? "+" : "", name);
	if (bytes > 0)
		memcpy(kept[i].bytes, p, bytes);
	kept[i].n = bytes;
	if (bytes == 0) { /* no gap, so that find() meets all */
		size_t last = i;

		while (last + 1 < sizeof(kept) / sizeof(*kept) && kept[last + 1].n > 0)
			last++;
		kept[i] = kept[last];
		kept[last].n = 0;
	}
	return OK;
}

enum status platform_start(const struct plan *plan, struct report *report)
{
	enum status status = *platform_answers;
	size_t n = strlen(platform_started);

	snprintf(platform_started + n, sizeof(platform_started) - n, "%.*s: %.*s\n",
		 STR_ARG(plan->entry->title), STR_ARG(plan->options));
	if (platform_answers_count > 1) {
		platform_answers++;
		platform_answers_count--;
	}
	return status == OK ? OK : fail(report, status, "it came back: %s", status_words(status));
}
