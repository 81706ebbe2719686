/* The host's settings in SMBIOS tables (DMTF DSP0134, 5.2 and 6.1). */
#include "loader/settings/smbios.h"

#include "base/bytes.h"
#include "loader/settings/channels.h"

#define TYPE_OEM_STRINGS 11
#define TYPE_END         127

struct entry_2 {
	char anchor[4]; /* "_SM_" */
	uint8_t skipped[12];
	char dmi[5]; /* "_DMI_" */
	uint8_t checksum;
	le16 bytes;
	le32 address;
	le16 count;
	uint8_t revision;
};
_Static_assert(sizeof(struct entry_2) == SMBIOS_ENTRY_BYTES, "DSP0134, 5.2.1");

struct entry_3 {
	char anchor[5]; /* "_SM3_" */
	uint8_t skipped[7];
	le32 bytes; /* at most */
	le64 address;
};
_Static_assert(sizeof(struct entry_3) == 24, "DSP0134, 5.2.2");

struct header {
	uint8_t type;
	uint8_t bytes; /* of the structure without its strings */
	le16 handle;
};

bool smbios_entry(struct str entry, struct smbios_table *table)
{
	const struct entry_2 *two = (const struct entry_2 *)entry.p;
	const struct entry_3 *three = (const struct entry_3 *)entry.p;

	if (str_starts(entry, S("_SM3_")) && entry.n >= sizeof(*three))
		*table = (struct smbios_table){get_le64(three->address), get_le32(three->bytes)};
	else if (str_starts(entry, S("_SM_")) && entry.n >= sizeof(*two))
		*table = (struct smbios_table){get_le32(two->address), get_le16(two->bytes)};
	else
		return false;
	return true;
}

/* One string, which is a setting or none of ours. */
static void take_string(struct settings *s, struct str string, struct report *r)
{
	static const struct {
		struct str prefix, name;
	} systemd[] = {
		{S("io.systemd.boot.kernel-cmdline-extra="), S("options-append")},
		{S("io.systemd.boot.timeout="), S("timeout")},
	};

	if (str_cut_prefix(&string, S("partless."))) {
		channel_assign(s, SAID_BY_SMBIOS, string, r);
		return;
	}
	for (size_t i = 0; i < sizeof(systemd) / sizeof(*systemd); i++) {
		if (str_cut_prefix(&string, systemd[i].prefix)) {
			channel_set(s, SAID_BY_SMBIOS, systemd[i].name, string, r);
			return;
		}
	}
}

/* Cuts the first string and its NUL off *REST; false when there is no NUL. */
static bool cut_string(struct str *rest, struct str *string)
{
	if (str_find(*rest, '\0') == rest->n)
		return false;
	*string = str_cut(rest, '\0');
	return true;
}

/* Cuts the strings of a structure off *REST, and the empty one that ends them; a structure without
 * strings has two NULs. Takes the settings among them if S is not NULL. False when the table ends
 * before. */
static bool cut_strings(struct str *rest, struct settings *s, struct report *r)
{
	struct str string;

	if (!cut_string(rest, &string))
		return false;
	if (string.n == 0)
		return cut_string(rest, &string);
	for (; string.n > 0;) {
		if (s != NULL)
			take_string(s, string, r);
		if (!cut_string(rest, &string))
			return false;
	}
	return true;
}

void smbios_set(struct settings *s, struct str table, struct report *r)
{
	bool more = true;

	/* Ends: each round takes at least the header. */
	while (more && table.n >= sizeof(struct header)) {
		struct header h = *(const struct header *)table.p;

		if (h.bytes < sizeof(h) || h.bytes > table.n)
			return;
		table = str_skip(table, h.bytes);
		more = cut_strings(&table, h.type == TYPE_OEM_STRINGS ? s : NULL, r) &&
		       h.type != TYPE_END;
	}
}
