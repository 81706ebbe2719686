/* What a boot puts into the log and the registers of a TPM, or of a confidential guest. */
#include "loader/measure.h"

#include "base/arena.h"
#include "base/mem.h"
#include "config/image/stub.h"
#include "fs/volume.h"
#include "loader/loader.h"
#include "loader/log.h"
#include "loader/plan.h"
#include "loader/platform.h"

#define PCR_CONFIG  5
#define PCR_INITRD  9
#define PCR_OPTIONS 12

static enum status measure(const struct measurement *m, struct report *r)
{
	enum status status = platform_measure(m, r);

	if (status == OK && log_line("measured")) {
		log_word("what", m->what);
		log_number("pcr", m->pcr);
		log_number("bytes", m->data.n);
		log_end();
	}
	return status;
}

/* A tagged event, which goes wherever something measures. */
static enum status measure_config(const char *what, uint32_t tag, struct str data, struct str about,
				  struct report *r)
{
	return measure(&(struct measurement){.what = what,
					     .pcr = PCR_CONFIG,
					     .tag = tag,
					     .into = platform_measures(),
					     .data = data,
					     .about = about},
		       r);
}

static enum status measure_settings(struct loader *l)
{
	size_t n = settings_print(&l->settings, NULL, 0);
	char *text = arena_alloc(&l->arena, n);
	enum status status;

	if (text == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory to measure the settings");
	settings_print(&l->settings, text, n);
	status = measure_config("settings", MEASURED_SETTINGS, (struct str){text, n},
				(struct str){text, n}, l->report);
	l->settings_measured = status == OK;
	return status;
}

static enum status measure_text(struct loader *l, struct boot_text *t)
{
	struct str about;
	enum status status;

	if (!str_fmt(&l->arena, &about, "%.*s on %s", STR_ARG(t->path), t->volume->uuid))
		return fail(l->report, E_NO_MEMORY, "no memory to measure a boot file");
	status = measure_config("file", MEASURED_FILE, t->bytes, about, l->report);
	t->measured = status == OK;
	return status;
}

enum status measure_choice(struct loader *l, const struct item *item)
{
	struct str id = item->entry->id;
	enum status status = OK;

	if (platform_measures() == 0)
		return OK;
	if (!l->settings_measured)
		status = measure_settings(l);
	for (struct boot_text *t = loader_config(l, item->disk)->texts; t != NULL && status == OK;
	     t = t->next) {
		if (!t->measured)
			status = measure_text(l, t);
	}
	return status == OK ? measure_config("entry", MEASURED_ENTRY, id, id, l->report) : status;
}

void measure_forget(struct loader *l, const struct item *item)
{
	l->settings_measured = false;
	for (struct boot_text *t = loader_config(l, item->disk)->texts; t != NULL; t = t->next)
		t->measured = false;
}

/* Into what the initrd has to be measured. A stub uses confidential computing only if there is no
 * TPM. */
static unsigned initrd_into(const struct stub *stub)
{
	unsigned into = platform_measures();

	if (into & MEASURES_TPM)
		return stub->initrd ? into & ~MEASURES_TPM : into;
	return stub->cc ? 0 : into;
}

static enum status measure_initrd(struct plan *plan, const struct stub *stub, struct report *r)
{
	unsigned into = plan->initrd_total > 0 ? initrd_into(stub) : 0;
	size_t bytes = plan->initrd_total;
	void *held;
	enum status status;

	if (into == 0)
		return OK;
	held = mem_alloc(bytes);
	if (held == NULL)
		return fail(r, E_NO_MEMORY, "no memory for the %zu bytes of its initrd", bytes);
	status = plan_read_initrd(plan, 0, held, bytes);
	plan->held = held;
	if (status != OK)
		return status;
	return measure(&(struct measurement){.what = "initrd",
					     .pcr = PCR_INITRD,
					     .tag = MEASURED_INITRD,
					     .into = into,
					     .data = {held, bytes},
					     .about = {"Linux initrd", sizeof("Linux initrd")}},
		       r);
}

enum status measure_start(struct plan *plan, struct str options, const struct stub *stub,
			  struct report *r)
{
	enum status status;

	if (platform_measures() == 0)
		return OK;
	status = measure(&(struct measurement){.what = "options",
					       .pcr = PCR_OPTIONS,
					       .into = platform_measures(),
					       .data = options,
					       .about = options},
			 r);
	if (status == OK && plan->entry->kind == ENTRY_LINUX)
		status = measure_initrd(plan, stub, r);
	return status;
}

void measure_free(struct plan *plan)
{
	mem_free((void *)plan->held, plan->initrd_total);
	plan->held = NULL;
}
