/* `partless check`: would this machine boot? */
#include <stdio.h>

#include "host/arch.h"
#include "host/command.h"
#include "host/loader_file.h"
#include "host/verdict.h"

static int check_one(const struct menu_args *a)
{
	struct host_menu m;
	struct verdict v;

	verdict_find(&v, &m, a, a->disks, a->count);
	if (a->json) {
		verdict_print_json(&m, &v, NULL);
		putchar('\n');
	} else {
		verdict_print(&m.loader, &v);
	}
	menu_print_report(&m, stderr, "partless: ");
	menu_close(&m);
	verdict_free(&v);
	return verdict_exit_code(&v);
}

static int check_each(const struct menu_args *a)
{
	int worst = EXIT_YES;

	printf(a->json ? "[" : "");
	for (unsigned i = 0; i < a->count; i++) {
		struct host_menu m;
		struct verdict v;

		verdict_find(&v, &m, a, &a->disks[i], 1);
		printf(a->json && i > 0 ? ",\n" : "");
		if (a->json)
			verdict_print_json(&m, &v, a->disks[i].image);
		else
			verdict_print_line(&m, &v, a->disks[i].image);
		menu_close(&m);
		verdict_free(&v);
		worst = verdict_exit_code(&v) > worst ? verdict_exit_code(&v) : worst;
	}
	printf(a->json ? "]\n" : "");
	return worst;
}

/* --loader. */
static int check_loader(const struct menu_args *a)
{
	static struct report report;
	struct loader_file file;
	int code = EXIT_ERROR;

	if (loader_file_read(a->loader, &report, &file) == OK) {
		code = loader_file_check(&file, a->loader, &report) == OK ? EXIT_YES : EXIT_NO;
		if (code == EXIT_YES)
			printf("%s is Partless %.*s for %s, SBAT generation %.*s, %s, %zu bytes.\n",
			       a->loader, STR_ARG(file.version), guest_arch()->name,
			       STR_ARG(file.generation), file.is_signed ? "signed" : "not signed",
			       file.bytes.n);
		loader_file_free(&file);
	}
	output_flush();
	print_report(&report, stderr, "partless: ");
	return code;
}

int check_main(int argc, char **argv)
{
	struct menu_args a = menu_parse(
		argc, argv,
		"Would the loader boot from these disks, in this order? Plans each boot as "
		"the loader does and says what keeps an entry from booting. The default entry "
		"has a '*'. With --each every image is a machine of its own: a line for each, "
		"and the reasons indented below. With --loader it is checked that FILE is the "
		"loader for that processor.\v"
		"Exit codes: 0 yes, 1 no, 2 could not tell; with --each the highest of all.",
		MENU_CHECKS);

	if (a.loader != NULL)
		return check_loader(&a);
	return a.each ? check_each(&a) : check_one(&a);
}
