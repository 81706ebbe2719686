/* The `partless` command: shows, on the host, what the loader would see on a disk, and what a
 * guest's firmware keeps for it. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/command.h"

static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *does;
} commands[] = {
	{"ls", ls_main, "IMAGE PATH    names, types and sizes in a directory"},
	{"cat", cat_main, "IMAGE PATH    a file's bytes"},
	{"entries", entries_main, "IMAGE...      the menu as the loader would build it"},
	{"check", check_main, "IMAGE...      would it boot, and why not?"},
	{"doctor", doctor_main, "DOMAIN        would a libvirt domain boot, and why not?"},
	{"measure", measure_main, "IMAGE...      what a boot leaves in a TPM"},
	{"log", log_main, "VARS.fd       what a guest's firmware keeps for the boot loader"},
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

const char *argp_program_version = "partless " VERSION;

/* Puts the list of commands into --help, before its last paragraph. */
static char *help_filter(int key, const char *text, void *input)
{
	static char help[1024];
	size_t n = 0;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	n += (size_t)snprintf(help + n, sizeof(help) - n, "Commands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		n += (size_t)snprintf(help + n, sizeof(help) - n, "  %-8s %s\n", commands[i].name,
				      commands[i].does);
	snprintf(help + n, sizeof(help) - n, "\n%s", text);
	return strdup(help);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct command **chosen = state->input;

	if (key == ARGP_KEY_NO_ARGS)
		argp_usage(state);
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(arg, commands[i].name) == 0)
			*chosen = &commands[i];
	}
	if (*chosen == NULL)
		argp_error(state, "there is no command '%s'", arg);
	state->next = state->argc; /* the rest is the command's */
	return 0;
}

/* The errno of the first failed flush of standard output; 0 when there was none. */
static int output_error;

void output_flush(void)
{
	errno = 0;
	if (fflush(stdout) != 0 && output_error == 0)
		output_error = errno;
}

/* Returns CODE, or EXIT_ERROR when standard output could not be written. */
static int written(int code)
{
	output_flush();
	if (!ferror(stdout))
		return code;
	if (output_error != EPIPE) /* a reader that has gone needs no message */
		fprintf(stderr, "partless: cannot write%s%s\n", output_error != 0 ? ": " : "",
			output_error != 0 ? strerror(output_error) : "");
	return EXIT_ERROR;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.args_doc = "COMMAND ...",
		.doc = "Shows what the Partless boot loader sees on a guest's disk, and what it "
		       "left in the guest's firmware.\v"
		       "'partless COMMAND --help' tells more. Exit codes: 0 yes, 1 no or not "
		       "there, "
		       "2 could not tell.",
		.help_filter = help_filter,
	};
	static char name[64];
	const struct command *chosen = NULL;
	int at = 1;

	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		/* The next file opened would become standard output. */
		fputs("partless: cannot write: standard output is closed\n", stderr);
		return EXIT_ERROR;
	}
	argp_err_exit_status = EXIT_ERROR;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &chosen);
	while (strcmp(argv[at], chosen->name) != 0)
		at++;
	/* The command's own usage message begins with this. */
	snprintf(name, sizeof(name), "partless %s", chosen->name);
	argv[at] = name;
	return written(chosen->main(argc - at, argv + at));
}
