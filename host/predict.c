/* Predicts what a boot measures.
 *
 * The order is that of edk2, which OVMF is made of. When the firmware is ready to boot, it draws a
 * line: the action "Calling EFI Application from Boot Option" into PCR 4, and a separator into each
 * of the PCRs 0 to 7. LoadImage measures each program into PCR 4: the loader, then the kernel. What
 * Partless measures is told by its own code, loader/measure.c, which calls platform_measure()
 * below. QEMU's -kernel is loaded before that line is drawn. Linux' stub then measures its options
 * and the initrd into PCR 9, if it is new enough (config/image/stub.h). At the end the firmware
 * measures into PCR 5 that the boot services ended.
 *
 * In a TDX guest the same events go into RTMRs, RTMR 1 for the PCRs 2 to 6, RTMR 2 for 8 to 15;
 * there is one separator for all of RTMR 1. */
#include "host/predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/image/gzip.h"
#include "config/image/stub.h"
#include "fs/volume.h"
#include "host/command.h"
#include "host/loader_file.h"
#include "host/menu.h"
#include "loader/measure.h"
#include "loader/plan.h"
#include "loader/platform.h"

#define PCR_PROGRAMS 4
#define PCR_CONFIG   5
#define PCR_STUB     9

const int predicted_pcrs[] = {4, 5, 9, 12, -1};

static unsigned measures;
static struct prediction *current;

void predict_machine(unsigned into)
{
	measures = into;
}

unsigned predict_rtmr(unsigned pcr)
{
	return pcr >= 8 ? 2 : pcr == 1 || pcr == 7 ? 0 : 1;
}

bool predict_knows_pcr(const struct prediction *p, unsigned pcr)
{
	return !(p->without_loader && pcr == PCR_PROGRAMS) &&
	       !(p->without_table && pcr == PCR_CONFIG);
}

bool predict_knows_rtmr(const struct prediction *p, unsigned rtmr)
{
	return rtmr != predict_rtmr(PCR_PROGRAMS) || !(p->without_loader || p->without_table);
}

/* Adds an event whose digest is known. WHAT is copied. */
static void add_digest(struct prediction *p, const char *by, const char *type, unsigned pcr,
		       struct str what, const struct digest *digest)
{
	struct event *e = arena_array(&p->arena, 1, sizeof(*e));

	if (e == NULL || !str_dup(&p->arena, what, &e->what)) {
		fprintf(stderr, "partless: no memory for the events of a boot\n");
		exit(EXIT_ERROR);
	}
	e->by = by;
	e->type = type;
	e->pcr = pcr;
	e->digest = *digest;
	*p->end = e;
	p->end = &e->next;
	digest_extend(&p->pcr[pcr], digest);
	digest_extend(&p->rtmr[predict_rtmr(pcr)], digest);
}

/* Adds an event that is the digest of DATA. */
static void add(struct prediction *p, const char *by, const char *type, unsigned pcr,
		struct str what, struct str data)
{
	struct digest digest;

	digest_of(data, &digest);
	add_digest(p, by, type, pcr, what, &digest);
}

static void add_action(struct prediction *p, unsigned pcr, const char *action)
{
	add(p, "firmware", "EV_EFI_ACTION", pcr, str_of(action), str_of(action));
}

static void add_separator(struct prediction *p, unsigned pcr)
{
	add(p, "firmware", "EV_SEPARATOR", pcr, S("the firmware is ready to boot"),
	    (struct str){"\0\0\0\0", 4});
}

unsigned platform_measures(void)
{
	return measures;
}

enum status platform_measure(const struct measurement *m, struct report *report)
{
	struct str what = str_of(m->what);

	(void)report;
	if (current == NULL || (m->into & measures) == 0)
		return OK;
	if (m->pcr == PCR_CONFIG)
		(void)str_fmt(&current->arena, &what, "%s: %.*s", m->what, STR_ARG(m->about));
	add(current, "Partless", m->tag != 0 ? "EV_EVENT_TAG" : "EV_IPL", m->pcr, what, m->data);
	return OK;
}

static enum status add_program(struct prediction *p, struct str name, struct str file,
			       struct report *r)
{
	struct digest digest;

	if (!digest_program(file, &digest))
		return fail(r, E_CORRUPT, "%.*s is no sound EFI program", STR_ARG(name));
	add_digest(p, "firmware", "EV_EFI_BOOT_SERVICES_APPLICATION", PCR_PROGRAMS, name, &digest);
	return OK;
}

/* Adds the loader, a file of the host's. */
static enum status add_loader(struct prediction *p, const char *path, struct report *r)
{
	struct loader_file file;
	enum status status = loader_file_read(path, r, &file);

	if (status != OK)
		return status;
	status = add_program(p, str_of(path), file.bytes, r);
	loader_file_free(&file);
	return status;
}

/* Reads the kernel as the loader hands it to the firmware: unpacked where it unpacks it. */
static enum status read_kernel(const struct plan *plan, void **file, size_t *bytes,
			       struct report *r)
{
	const struct entry *e = plan->entry;
	enum status status;

	*bytes = plan->kernel_size;
	*file = mem_alloc(*bytes);
	if (*file == NULL)
		return fail(r, E_NO_MEMORY, "no memory for %.*s", STR_ARG(e->kernel));
	status = vol_read(e->volume, e->kernel, 0, *file, *bytes);
	if (status == OK && gzip_is(*file, *bytes))
		status = gzip_unpack(file, bytes, r);
	return status;
}

/* What a kernel measures before it is alone. */
static enum status add_stub(struct prediction *p, const struct plan *plan, struct str options,
			    const struct stub *stub, struct report *r)
{
	bool measured = measures & MEASURES_TPM || stub->cc;
	size_t n = plan->initrd_total;
	char *initrd;
	enum status status;

	if (stub->options && measured)
		add(p, "Linux", "EV_EVENT_TAG", PCR_STUB, S("options"), options);
	if (!stub->initrd || !measured || n == 0)
		return OK;
	initrd = mem_alloc(n);
	if (initrd == NULL)
		return fail(r, E_NO_MEMORY, "no memory for the initrd");
	status = plan_read_initrd(plan, 0, initrd, n);
	if (status == OK)
		add(p, "Linux", "EV_EVENT_TAG", PCR_STUB, S("initrd"), (struct str){initrd, n});
	mem_free(initrd, n);
	return status;
}

/* From the loaded program to the end of the boot services. */
static enum status add_start(struct prediction *p, struct plan *plan, struct str file,
			     struct report *r)
{
	struct stub stub = stub_find(file.p, file.n);
	size_t bytes = 0;
	uint16_t *units = plan_options_utf16(plan, &bytes);
	struct str options = {(const char *)units, bytes};
	enum status status;

	if (units == NULL)
		return fail(r, E_NO_MEMORY, "no memory for the options");
	status = measure_start(plan, options, &stub, r);
	measure_free(plan);
	if (status == OK && plan->linux_kernel)
		status = add_stub(p, plan, options, &stub, r);
	mem_free(units, bytes);
	return status;
}

static enum status add_boot(struct prediction *p, struct loader *l, struct plan *plan,
			    const struct item *item)
{
	void *file = NULL;
	size_t bytes = 0;
	struct report *r = l->report;
	enum status status = measure_choice(l, item);

	if (status == OK)
		status = read_kernel(plan, &file, &bytes, r);
	if (status == OK)
		status = add_program(p, item->entry->kernel, (struct str){file, bytes}, r);
	if (status == OK)
		status = add_start(p, plan, (struct str){file, bytes}, r);
	mem_free(file, bytes);
	return status;
}

/* True when the kernel lies on a partition: the firmware measures the GPT of that disk. */
static bool is_on_partition(const struct loader *l, const struct volume *v)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].volume == v)
			return l->disks[i].partition > 0;
	}
	return false;
}

/* The firmware is ready to boot. */
static void add_ready(struct prediction *p)
{
	add_action(p, PCR_PROGRAMS, "Calling EFI Application from Boot Option");
	add_separator(p, PCR_PROGRAMS);
	if (measures & MEASURES_TPM)
		add_separator(p, PCR_CONFIG);
}

enum status predict(struct host_menu *m, unsigned i, struct plan *plan,
		    struct predict_loader loader, struct prediction *p)
{
	struct loader *l = &m->loader;
	const struct item *item = &l->entries[i];
	struct report *r = l->report;
	enum status status = OK;

	*p = (struct prediction){
		.without_loader = loader.file == NULL,
		.without_table = is_on_partition(l, item->entry->volume),
	};
	p->end = &p->events;
	measure_forget(l, item); /* it may be the second prediction */
	if (!loader.direct)
		add_ready(p);
	if (loader.file != NULL)
		status = add_loader(p, loader.file, r);
	if (loader.direct)
		add_ready(p);
	current = p;
	if (status == OK)
		status = add_boot(p, l, plan, item);
	current = NULL;
	add_action(p, PCR_CONFIG, "Exit Boot Services Invocation");
	add_action(p, PCR_CONFIG, "Exit Boot Services Returned with Success");
	return status;
}

void predict_free(struct prediction *p)
{
	arena_free(&p->arena);
}
