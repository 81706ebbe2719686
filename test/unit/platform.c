/* The platform of the tests. */
#include "test/unit/platform.h"

#include <stdio.h>
#include <string.h>

#include "loader/plan.h"
#include "loader/platform.h"

unsigned platform_waits;
char platform_resets[16];
const enum status *platform_answers;
unsigned platform_answers_count;
char platform_started[1024];
enum status platform_memory;
bool platform_remembers;
uint32_t platform_sum;

void platform_script(const enum status *answers, unsigned n)
{
	platform_waits = 0;
	platform_answers = answers;
	platform_answers_count = n;
	platform_started[0] = '\0';
	platform_resets[0] = '\0';
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
