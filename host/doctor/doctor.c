/* `partless doctor`: would this libvirt domain boot, and if not, why? */
#include "host/doctor/doctor.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/command.h"
#include "host/doctor/program.h"
#include "host/json.h"
#include "host/verdict.h"

/* Options that have no letter. */
enum { SYSROOT = 256 };

/* What was asked for. */
struct asked {
	const char *what; /* DOMAIN, FILE.xml or IMAGE */
	const char *uri;
	const char *sysroot;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct asked *a = state->input;

	switch (key) {
	case 'c':
		a->uri = arg;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case SYSROOT:
		a->sysroot = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "one domain at a time");
		a->what = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which domain?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Runs `virsh WORDS`. */
static enum status run_virsh(struct doctor *d, const char *uri, char *const *words,
			     struct str *output)
{
	char *argv[10] = {(char *)"virsh", (char *)"-q"};
	size_t n = 2;
	enum status status;

	if (uri != NULL) {
		argv[n++] = (char *)"-c";
		argv[n++] = (char *)uri;
	}
	while (*words != NULL)
		argv[n++] = *words++;
	status = program_run(argv, DOMAIN_XML_MAX, &d->arena, &d->report, output);
	if (status == E_NOT_FOUND)
		note(&d->report,
		     "install it (Debian's package libvirt-clients), or give the domain's XML");
	return status;
}

/* The files of a domain are those of the host that libvirt runs on. */
static enum status check_uri(struct doctor *d, struct str uri)
{
	size_t scheme = str_find(uri, ':');

	uri.n = str_find(uri, '\n');
	if (!str_starts(str_skip(uri, scheme < uri.n ? scheme : uri.n), S(":///")))
		return fail(&d->report, E_UNSUPPORTED,
			    "%.*s is another host's libvirt: run partless doctor there",
			    STR_ARG(uri));
	d->session = str_ends((struct str){uri.p, str_find(uri, '?')}, S("/session"));
	return OK;
}

static enum status ask_virsh(struct doctor *d, const struct asked *a, struct str *xml)
{
	char *const uri[] = {(char *)"uri", NULL};
	char *const dump[] = {(char *)"dumpxml", (char *)"--inactive", (char *)"--domain",
			      (char *)a->what, NULL};
	struct str used;
	enum status status = run_virsh(d, a->uri, uri, &used);

	if (status == OK)
		status = check_uri(d, used);
	if (status == OK)
		status = run_virsh(d, a->uri, dump, xml);
	return status;
}

/* Reads the file NAME; "-" is standard input. */
static enum status read_xml(struct doctor *d, const char *name, struct str *xml)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *f = standard ? stdin : fopen(name, "rbe");
	char *to = arena_array(&d->arena, DOMAIN_XML_MAX + 1, 1);
	enum status status = OK;
	size_t n;

	if (f == NULL || to == NULL)
		return fail(&d->report, E_IO, "cannot open '%s': %m", name);
	n = fread(to, 1, DOMAIN_XML_MAX + 1, f);
	if (ferror(f))
		status = fail(&d->report, E_IO, "%s: cannot be read: %m", name);
	else if (n > DOMAIN_XML_MAX)
		status = fail(&d->report, E_LIMIT, "%s: it is larger than %u MiB, and no domain is",
			      name, DOMAIN_XML_MAX >> 20);
	if (!standard)
		fclose(f);
	*xml = (struct str){to, n};
	return status;
}

/* A file's content never decides what it is: a guest could write XML to its disk. */
static bool is_xml(const char *name)
{
	return strcmp(name, "-") == 0 || str_ends(str_of(name), S(".xml"));
}

static bool is_image(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode));
}

static void examine(struct doctor *d)
{
	doctor_host(d);
	if (!doctor_machine(d))
		return;
	doctor_loader(d);
	doctor_medium(d);
	doctor_kernel(d);
	doctor_order(d);
	doctor_firmware(d);
	doctor_disks(d);
	doctor_settings(d);
}

static int exit_code(const struct doctor *d, const struct verdict *v)
{
	if (d->findings.count[FOUND_ERROR] > 0)
		return EXIT_NO;
	if (v != NULL && verdict_exit_code(v) != EXIT_YES)
		return verdict_exit_code(v);
	return v == NULL || d->findings.count[FOUND_UNKNOWN] > 0 || d->findings.no_memory
		       ? EXIT_ERROR
		       : EXIT_YES;
}

static void print_json(const struct doctor *d, const struct host_menu *m, const struct verdict *v)
{
	static const char *const words[] = {
		[EXIT_YES] = "yes", [EXIT_NO] = "no", [EXIT_ERROR] = "unknown"};

	printf("{\"domain\": ");
	json_string_or_null(stdout, str_of(d->domain.name != NULL ? d->domain.name : ""));
	printf(", \"verdict\": \"%s\",\n \"findings\": ", words[exit_code(d, v)]);
	findings_print_json(&d->findings);
	printf(",\n \"check\": ");
	if (v != NULL)
		verdict_print_json(m, v, NULL);
	else
		printf("null");
	puts("}");
}

static void print_text(const struct doctor *d, const struct host_menu *m, const struct verdict *v)
{
	unsigned errors = d->findings.count[FOUND_ERROR];

	findings_print(&d->findings);
	if (v != NULL)
		verdict_print(&m->loader, v);
	if (errors > 0)
		printf("The domain would not boot: see the error%s above.\n",
		       errors > 1 ? "s" : "");
	else if (exit_code(d, v) == EXIT_ERROR && (v == NULL || verdict_exit_code(v) == EXIT_YES))
		puts("Could not tell whether the domain would boot.");
}

/* Checks the disks, and prints all. Returns the exit code. */
static int answer(struct doctor *d, bool json)
{
	struct host_menu m;
	struct verdict v;
	bool checks = d->args.count > 0;
	int code;

	if (checks)
		verdict_find(&v, &m, &d->args, d->args.disks, d->args.count);
	code = exit_code(d, checks ? &v : NULL);
	if (json)
		print_json(d, &m, checks ? &v : NULL);
	else
		print_text(d, &m, checks ? &v : NULL);
	if (checks) {
		menu_print_report(&m, stderr, "partless: ");
		menu_close(&m);
		verdict_free(&v);
	}
	return code;
}

static int examine_domain(struct doctor *d, const struct asked *a)
{
	struct str xml = S("");
	enum status status = is_xml(a->what) ? read_xml(d, a->what, &xml) : ask_virsh(d, a, &xml);

	if (status == OK)
		status = domain_parse(&d->arena, a->what, xml, &d->report, &d->domain);
	if (status != OK) {
		print_report(&d->report, stderr, "partless: ");
		return EXIT_ERROR;
	}
	examine(d);
	return answer(d, a->json);
}

/* An image is what `check` is for. */
static int examine_image(struct doctor *d, const struct asked *a)
{
	static struct menu_disk disk = {.bus = BUS_VIRTIO, .virtio = true};

	disk.image = a->what;
	d->args.disks = &disk;
	d->args.count = 1;
	return answer(d, a->json);
}

int doctor_main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{"connect", 'c', "URI", 0, "Ask this libvirt, as virsh -c does", 0},
		{"json", 'j', NULL, 0, "Print JSON", 0},
		{"sysroot", SYSROOT, "DIR", 0, "The host's files lie below DIR (/)", 0},
		{0},
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "DOMAIN|FILE.xml|IMAGE",
		.doc = "Would this libvirt domain boot by Partless? Looks at its XML and at the "
		       "host's files, and says what would stop it, where, and what to do; then "
		       "checks its disks. A file whose name ends in .xml is a domain's XML, '-' is "
		       "that on standard input; any other file is a disk image. Else virsh is "
		       "asked "
		       "for DOMAIN.\v"
		       "Exit codes: 0 yes, 1 no, 2 could not tell.",
	};
	static struct doctor d;
	struct asked a = {.sysroot = ""};
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	d.tree.root = strcmp(a.sysroot, "/") == 0 ? "" : a.sysroot;
	code = !is_xml(a.what) && is_image(a.what) ? examine_image(&d, &a) : examine_domain(&d, &a);
	findings_free(&d.findings);
	arena_free(&d.arena);
	return code;
}
