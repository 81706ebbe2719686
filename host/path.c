/* What `ls` and `cat` share: the arguments IMAGE PATH, and the exit code at the end. */
#include "host/path.h"

#include <argp.h>

#include "fs/filesystems.h"
#include "host/command.h"
#include "host/image.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct path_args *args = state->input;

	switch (key) {
	case 'f':
		if (!image_format_known(arg))
			argp_error(state, "the format '%s' is not known: %s", arg, image_formats);
		args->format = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			args->image = arg;
		else if (state->arg_num == 1)
			args->path = str_of(arg);
		else
			argp_error(state, "one path at a time");
		return 0;
	case ARGP_KEY_END:
		if (state->arg_num == 0)
			argp_error(state, "which image?");
		if (state->arg_num == 1)
			argp_error(state, "which path on %s?", args->image);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct path_args path_parse(int argc, char **argv, const char *doc)
{
	static const struct argp_option options[] = {
		{"format", 'f', "NAME", 0, IMAGE_FORMAT_HELP, 0}, {0}};
	const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "IMAGE PATH", .doc = doc};
	struct path_args args = {0};

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	return args;
}

static int exit_code(enum status status)
{
	switch (status) {
	case OK:
		return EXIT_YES;
	case E_NOT_FOUND:
	case E_WRONG_TYPE:
		return EXIT_NO;
	default:
		return EXIT_ERROR;
	}
}

int path_run(const struct path_args *args, enum status run(struct volume *, struct str path))
{
	static struct report report;
	struct volume *volume = NULL;
	struct image *image = NULL;
	enum status status = OK;
	int code = EXIT_ERROR;

	if (!str_starts(args->path, S("/")))
		status = fail(&report, E_SYNTAX, "%s: the path '%.*s' does not begin with '/'",
			      args->image, STR_ARG(args->path));
	if (status == OK)
		status = image_open(args->image, args->format, &report, &image);

	if (status == OK) {
		unsigned partition;

		status = fs_open(image_block(image, &partition), &volume);
		if (status == E_NOT_FOUND)
			image_report_partitions(image);
	}
	if (status == OK)
		code = exit_code(run(volume, args->path));
	vol_close(volume);
	if (image != NULL && code == EXIT_ERROR)
		image_report_in_use(image);
	image_close(image);
	print_report(&report, stderr, "partless: ");
	return code;
}
