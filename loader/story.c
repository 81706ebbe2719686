/* The whole story, from the firmware's first call to its getting control back.
 *
 *     read the host's settings
 *     connect the storage controllers, find the disks, discover what is on them
 *     while no guest boots by itself:
 *         ask SCSI controllers for disks that the firmware passed over, and discover anew
 *         connect USB controllers, which takes longest, and discover anew
 *     show the menu and boot
 *
 * Discovery itself escalates from one small read of each disk to copies of superblocks
 * (discover.c). What costs time is done only when nothing boots without it. */
#include "loader/console.h"
#include "loader/disks/order.h"
#include "loader/loader.h"
#include "loader/log.h"
#include "loader/log_lines.h"
#include "loader/platform.h"
#include "loader/settings/channels.h"

/* Reads the host's settings: those of the machine (SMBIOS, fw_cfg), those of the host's
 * partless.conf, which give way to them, and last the command line, which the others may forbid.
 * When partless.conf cannot be read, the report says so, and the host's own entries are missing. */
static enum status read_settings(struct loader *l)
{
	struct log_step step;
	enum status status;

	log_step(&step, "settings", l->report);
	status = platform_read_settings(l);
	if (status != OK && status != E_NOT_FOUND && status != E_NO_MEMORY)
		log_error(status, report_since(l->report, step.mark));
	loader_places_none(l);
	if (status != E_NO_MEMORY && l->own != NULL)
		status = config_read(l->own, SIDE_HOST, &l->settings, &l->places, &l->arena,
				     l->report, &l->own_config);
	if (status != E_NO_MEMORY && l->command_line != NULL)
		channel_command_line(&l->settings, l->command_line, l->command_line_bytes,
				     l->report);
	log_open(l->settings.log);
	log_settings(l);
	return log_step_end(&step, status == E_NO_MEMORY ? status : OK);
}

/* Returns what platform_connect() does. */
static bool connect(const struct loader *l, enum platform_reach reach)
{
	struct log_step step;
	bool more;

	log_step(&step, "connect", l->report);
	more = platform_connect(reach);
	if (log_done())
		log_end();
	(void)log_step_end(&step, OK);
	return more;
}

static enum status find_disks(struct loader *l)
{
	struct log_step step;
	enum status status;

	log_step(&step, "find", l->report);
	status = platform_find(l);
	if (log_done()) {
		log_number("disks", l->count);
		log_end();
	}
	return log_step_end(&step, status);
}

/* Each disk, and the menu of each volume, is a step of its own inside this one. */
static enum status make_menu(struct loader *l)
{
	struct log_step step;

	log_step(&step, "menu", l->report);
	return log_step_end(&step, loader_discover(l));
}

static enum status discover(struct loader *l)
{
	enum status status = find_disks(l);

	return status == OK ? make_menu(l) : status;
}

/* Discovers again, with the disks that are there now. Drops the errors collected so far. */
static enum status start_over(struct loader *l)
{
	struct report *r = l->report;
	enum status status;

	loader_free(l);
	*r = (struct report){0};
	log_forget();
	*l = (struct loader){.report = r, .begun = l->begun};
	status = read_settings(l);
	return status == OK ? discover(l) : status;
}

static enum status find_guest(struct loader *l)
{
	static const enum platform_reach further[] = {REACH_SCSI, REACH_USB};
	enum status status = read_settings(l);

	if (status != OK)
		return status;
	(void)connect(l, REACH_STORAGE);
	status = discover(l);
	for (size_t i = 0; i < sizeof(further) / sizeof(*further); i++) {
		if (status == OK && !loader_is_settled(l) && connect(l, further[i]))
			status = start_over(l);
	}
	if (status == OK)
		order_report(l);
	if (status == OK && !loader_is_settled(l))
		l->out_of_reach = platform_report_unreachable(l->report);
	return status;
}

enum status loader_boot(struct loader *l)
{
	enum status status = find_guest(l);

	if (status == OK)
		return loader_run(l);
	console_write(report_since(l->report, 0));
	console_write(log_last());
	return status;
}
