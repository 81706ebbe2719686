/* `partless measure`: what a boot will leave in the registers of a TPM. */
#include <stdio.h>

#include "host/command.h"
#include "host/json.h"
#include "host/menu.h"
#include "host/predict.h"
#include "loader/plan.h"
#include "loader/platform.h"

/* What is printed. */
struct measure {
	struct prediction tpm, tdx;
	unsigned place; /* of the entry in the menu */
	struct str id;
	struct plan plan; /* of its boot */
	bool with_tdx;
};

/* The place of the entry to predict in the menu. */
static enum status find_entry(struct host_menu *m, const char *wanted, unsigned *place)
{
	const struct loader *l = &m->loader;

	*place = l->default_entry;
	if (wanted == NULL)
		return l->bootable ? OK
				   : fail(&m->report, E_NOT_FOUND,
					  "no entry boots by itself: name one with --entry");
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (str_eq(l->entries[i].entry->id, str_of(wanted))) {
			*place = i;
			return OK;
		}
	}
	return fail(&m->report, E_NOT_FOUND,
		    "no entry has the id '%s': `partless entries --json` lists them", wanted);
}

/* True when the settings or the variables of the host decide: a TDX guest reads neither. */
static bool host_decides(const struct menu_args *a)
{
	bool set = a->vars != NULL;

	for (unsigned i = 0; i < SETTINGS; i++)
		set |= a->settings.said[i] != SAID_NOWHERE;
	return set;
}

/* Plans the boot of the entry that is wanted. False, reported, when there is none or it cannot
 * boot.
 */
static bool plan_entry(struct measure *made, struct host_menu *m, const struct menu_args *a)
{
	const struct entry *e;

	if (find_entry(m, a->entry, &made->place) != OK)
		return false;
	e = m->loader.entries[made->place].entry;
	made->id = e->id;
	if (plan_boot(e, e->options, &m->report, &made->plan) != OK)
		return false;
	if (!made->plan.linux_kernel)
		note(&m->report,
		     "%.*s is no plain Linux kernel: what it measures itself is not predicted",
		     STR_ARG(e->kernel));
	return true;
}

static enum status predict_all(struct measure *made, struct host_menu *m, const struct menu_args *a)
{
	const struct predict_loader loader = {a->loader, a->direct};
	enum status status;

	predict_machine(MEASURES_TPM);
	status = predict(m, made->place, &made->plan, loader, &made->tpm);
	if (status != OK || host_decides(a))
		return status;
	made->with_tdx = true;
	predict_machine(MEASURES_CC);
	return predict(m, made->place, &made->plan, loader, &made->tdx);
}

static void print_digest(const struct digest *d, enum bank b)
{
	for (size_t i = 0; i < bank_bytes(b); i++)
		printf("%02x", d->in[b][i]);
}

static void print_events(const struct prediction *p)
{
	for (const struct event *e = p->events; e != NULL; e = e->next) {
		printf("PCR %-2u  %-8s  %s  ", e->pcr, e->by, e->type);
		menu_print(e->what);
		putchar('\n');
		for (unsigned b = 0; b < BANKS; b++) {
			printf("        %s  ", bank_name(b));
			print_digest(&e->digest, b);
			putchar('\n');
		}
	}
}

static void print_registers(const struct measure *m)
{
	for (const int *pcr = predicted_pcrs; *pcr >= 0; pcr++) {
		for (unsigned b = 0; b < BANKS && predict_knows_pcr(&m->tpm, (unsigned)*pcr); b++) {
			printf("PCR %-2d  %s  ", *pcr, bank_name(b));
			print_digest(&m->tpm.pcr[*pcr], b);
			putchar('\n');
		}
	}
	for (unsigned i = 1; i < RTMRS && m->with_tdx; i++) {
		if (!predict_knows_rtmr(&m->tdx, i))
			continue;
		printf("RTMR %u  sha384  ", i);
		print_digest(&m->tdx.rtmr[i], BANK_SHA384);
		putchar('\n');
	}
}

static void print_json_events(const struct prediction *p)
{
	const char *between = "";

	printf("[");
	for (const struct event *e = p->events; e != NULL; e = e->next) {
		printf("%s\n  {\"pcr\": %u, \"by\": \"%s\", \"type\": \"%s\", \"what\": ", between,
		       e->pcr, e->by, e->type);
		json_string(stdout, e->what);
		for (unsigned b = 0; b < BANKS; b++) {
			printf(", \"%s\": \"", bank_name(b));
			print_digest(&e->digest, b);
			putchar('"');
		}
		putchar('}');
		between = ",";
	}
	printf("]");
}

/* A register of an object; BETWEEN goes before it, and is a comma afterwards. */
static void print_json_register(const char **between, unsigned number, const struct digest *d,
				enum bank b)
{
	printf("%s\"%u\": \"", *between, number);
	print_digest(d, b);
	putchar('"');
	*between = ", ";
}

static void print_json_registers(const struct prediction *p)
{
	for (unsigned b = 0; b < BANKS; b++) {
		const char *between = "";

		printf(",\n \"%s\": {", bank_name(b));
		for (const int *pcr = predicted_pcrs; *pcr >= 0; pcr++) {
			if (predict_knows_pcr(p, (unsigned)*pcr))
				print_json_register(&between, (unsigned)*pcr, &p->pcr[*pcr], b);
		}
		putchar('}');
	}
}

static void print_json_rtmrs(const struct measure *m)
{
	const char *between = "";

	printf(",\n \"rtmr\": ");
	if (!m->with_tdx) {
		printf("null, \"rtmr_events\": null");
		return;
	}
	putchar('{');
	for (unsigned i = 1; i < RTMRS; i++) {
		if (predict_knows_rtmr(&m->tdx, i))
			print_json_register(&between, i, &m->tdx.rtmr[i], BANK_SHA384);
	}
	printf("},\n \"rtmr_events\": ");
	print_json_events(&m->tdx);
}

static void print_json(const struct measure *m)
{
	printf("{\"entry\": ");
	json_string(stdout, m->id);
	print_json_registers(&m->tpm);
	printf(",\n \"events\": ");
	print_json_events(&m->tpm);
	print_json_rtmrs(m);
	puts("}");
}

static void print(const struct measure *m, const struct menu_args *a)
{
	if (a->json) {
		print_json(m);
		return;
	}
	if (a->events)
		print_events(&m->tpm);
	print_registers(m);
}

/* What the answer lacks. */
static void remark(struct host_menu *m, const struct measure *made)
{
	if (made->tpm.without_loader)
		note(&m->report,
		     "PCR 4 and RTMR 1 are left out: name the loader's file with --loader");
	if (made->tpm.without_table)
		note(&m->report,
		     "PCR 5 and RTMR 1 are left out: the kernel lies on a partition, and the "
		     "firmware may measure the partition table");
	if (!made->with_tdx)
		note(&m->report, "the RTMRs are left out: a TDX guest reads neither the host's "
				 "settings nor its variables");
}

/* Predicts and prints. Returns the exit code. */
static int answer(struct measure *made, struct host_menu *m, const struct menu_args *a)
{
	predict_machine(MEASURES_TPM);
	if (!menu_open(m, a, a->disks, a->count))
		return EXIT_ERROR;
	if (!plan_entry(made, m, a))
		return m->damaged ? EXIT_ERROR : EXIT_NO;
	if (predict_all(made, m, a) != OK)
		return EXIT_ERROR;
	remark(m, made);
	print(made, a);
	return EXIT_YES;
}

int measure_main(int argc, char **argv)
{
	struct menu_args a = menu_parse(
		argc, argv,
		"Predicts what a boot from these disks, in this order, leaves in the registers of "
		"a TPM 2.0 and of a TDX guest when Linux has started: of the default entry, or of "
		"the one that --entry names. The firmware is taken for OVMF, and the loader for "
		"its first boot option.\v"
		"Exit codes: 0 it is predicted, 1 the entry cannot boot, 2 could not tell.",
		MENU_MEASURES);
	static struct measure made;
	struct host_menu m;
	int code = answer(&made, &m, &a);

	menu_print_report(&m, stderr, "partless: ");
	predict_free(&made.tpm);
	predict_free(&made.tdx);
	menu_close(&m);
	return code;
}
