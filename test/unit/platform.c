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
bool platform_remembers;
uint32_t platform_sum;
char platform_reached[16];
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

enum status platform_remember(uint32_t sum, struct report *report)
{
	if (platform_memory != OK)
		return fail(report, platform_memory, "nothing is remembered here");
	platform_remembers = true;
	platform_sum = sum;
	return OK;
}

bool platform_recall(uint32_t *sum)
{
	if (platform_remembers)
		*sum = platform_sum;
	return platform_remembers;
}

void platform_forget(void)
{
	platform_remembers = false;
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
