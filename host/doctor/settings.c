/* The settings that the domain gives its guest: SMBIOS strings, fw_cfg, and the loader's command
 * line. */
#include "host/doctor/doctor.h"

#include <string.h>

#include "loader/settings/channels.h"
#include "loader/settings/smbios.h"

/* The most bytes of a value (loader/settings/fw_cfg.c takes no more). */
#define VALUE_MAX 8192

/* Makes the SMBIOS table that QEMU would: one structure of type 11 with all strings, and the end.
 */
static bool make_table(struct doctor *d, struct str *table)
{
	static const char begin[5] = {11, 5, 0, 0, 0}, end[6] = {127, 4, 0, 0, 0, 0};
	size_t n = sizeof(begin) + 1 + sizeof(end);
	char *to, *at;

	for (const struct domain_setting *s = d->domain.oem_strings; s != NULL; s = s->next)
		n += strlen(s->value) + 1;
	to = at = arena_array(&d->arena, n, 1);
	if (to == NULL)
		return false;
	memcpy(at, begin, sizeof(begin));
	at += sizeof(begin);
	for (const struct domain_setting *s = d->domain.oem_strings; s != NULL; s = s->next) {
		if (s->value[0] == '\0')
			continue;
		memcpy(at, s->value, strlen(s->value));
		at += strlen(s->value) + 1;
		to[4] = (char)(to[4] + (to[4] != (char)255));
	}
	memcpy(at + 1, end, sizeof(end));
	*table = (struct str){to, (size_t)(at + 1 - to) + sizeof(end)};
	return true;
}

static void take_fw_cfg(struct doctor *d, const struct domain_setting *s)
{
	struct str name = str_of(s->name != NULL ? s->name : ""), value = str_of(s->value);

	if (!str_cut_prefix(&name, S("opt/org.partless/")))
		return;
	if (s->file != NULL && !tree_read(&d->tree, s->file, VALUE_MAX, &d->arena, &value)) {
		findings_add(&d->findings, FIND_SETTING, s->file,
			     "write the file, or take <entry> out",
			     "fw_cfg has it, and it cannot be read here");
		return;
	}
	while (value.n > 0 && (value.p[value.n - 1] == '\n' || value.p[value.n - 1] == '\r'))
		value.n--;
	channel_set(&d->args.settings, SAID_BY_FW_CFG, name, value, &d->report);
}

void doctor_settings(struct doctor *d)
{
	const struct domain *domain = &d->domain;
	size_t mark = report_mark(&d->report);
	struct str table, lines, copy;

	if (domain->oem_strings != NULL && !domain->smbios)
		findings_add(&d->findings, FIND_SETTING, "sysinfo",
			     "write <smbios mode='sysinfo'/> into <os>",
			     "the guest does not see its strings");
	else if (domain->oem_strings != NULL && make_table(d, &table))
		smbios_set(&d->args.settings, table, &d->report);
	for (const struct domain_setting *s = domain->fw_cfg; s != NULL; s = s->next)
		take_fw_cfg(d, s);
	if (domain->kernel != NULL && domain->cmdline != NULL &&
	    str_dup(&d->arena, str_of(domain->cmdline), &copy))
		d->args.command_line = (char *)copy.p; /* the arena's, made just now */
	lines = report_since(&d->report, mark);
	while (lines.n > 0) {
		struct str line = str_cut(&lines, '\n');

		findings_add(&d->findings, FIND_SETTING, "sysinfo", "", "%.*s", STR_ARG(line));
	}
	report_rewind(&d->report, mark);
}
