/* What the guest is told by variables of the Boot Loader Interface. LoaderDevicePartUUID is not
 * among them: the loader's partition is not the guest's, which would mount it. Nor is
 * LoaderBootCountPath: systemd-bless-boot would look for that file on an EFI system partition,
 * which the guest does not have, and fail. */
#include "loader/interface/publish.h"

#include "base/bytes.h"
#include "base/fmt.h"
#include "loader/console.h"
#include "loader/interface/interface.h"
#include "loader/interface/values.h"
#include "loader/settings/apply.h"

/* LoaderFeatures */
#define FEATURE_TIMEOUT          (1u << 0)
#define FEATURE_TIMEOUT_ONE_SHOT (1u << 1)
#define FEATURE_DEFAULT          (1u << 2)
#define FEATURE_ONE_SHOT         (1u << 3)
#define FEATURE_COUNTING         (1u << 4)
#define FEATURE_SORT_KEY         (1u << 8)
#define FEATURE_SAVED            (1u << 9)

/* Sets the variable NAME, for this boot or longer, unless an earlier one failed. */
static void set(struct loader *l, struct interface *in, const char *name, enum keeping keeping,
		struct str text)
{
	if (!in->failed && text.n > 0)
		in->failed = value_set(name, keeping, &text, 1, l->report) != OK;
}

static enum status set_time(const char *name, uint64_t ticks, struct report *report)
{
	char buf[24];
	struct str text = {buf, fmt(buf, sizeof(buf), "%lu", clock_us(ticks))};

	return value_set(name, KEEP_TILL_RESET, &text, 1, report);
}

/* What a guest may ask for. Where the firmware forgets it, or where the host decides, it is better
 * that `systemctl reboot` refuses than that the wish is lost. */
static uint32_t features(const struct loader *l, const struct interface *in)
{
	const struct settings *s = &l->settings;
	uint32_t made = FEATURE_SORT_KEY;

	if (in->facts.confidential || !platform_remembers())
		return made;
	made |= FEATURE_TIMEOUT_ONE_SHOT | FEATURE_COUNTING;
	if (!s->said[SET_TIMEOUT])
		made |= FEATURE_TIMEOUT;
	if (!s->said[SET_DEFAULT])
		made |= FEATURE_DEFAULT | FEATURE_ONE_SHOT | FEATURE_SAVED;
	return made;
}

static void set_features(struct loader *l, struct interface *in)
{
	le64 made = to_le64(features(l, in));

	if (!in->failed)
		in->failed = platform_set(VENDOR_LOADER, "LoaderFeatures", KEEP_TILL_RESET, &made,
					  sizeof(made), l->report) != OK;
}

/* Only what boots by itself: a wish for anything else would not be honoured. */
static void set_entries(struct loader *l, struct interface *in)
{
	struct str *ids = arena_array(&l->arena, l->entries_count, sizeof(*ids));
	unsigned n = 0;

	for (unsigned i = 0; ids != NULL && i < l->entries_count; i++) {
		const struct item *item = &l->entries[i];

		if (item->told_id.n > 0 && item->entry->problem.n == 0 &&
		    host_trusts(l, item->disk))
			ids[n++] = item->told_id;
	}
	if (!in->failed && n > 0)
		in->failed = value_set("LoaderEntries", KEEP_TILL_RESET, ids, n, l->report) != OK;
}

/* All that does not depend on what is started. */
static void tell(struct loader *l, struct interface *in)
{
	set(l, in, "LoaderInfo", KEEP_TILL_RESET, S("Partless " VERSION));
	set(l, in, "LoaderFirmwareInfo", KEEP_TILL_RESET, in->facts.firmware);
	set(l, in, "LoaderFirmwareType", KEEP_TILL_RESET, in->facts.type);
	set(l, in, "LoaderImageIdentifier", KEEP_TILL_RESET, in->facts.image);
	set_features(l, in);
	set_entries(l, in);
	if (!in->failed)
		in->failed = set_time("LoaderTimeInitUSec", l->begun, l->report) != OK;
	in->told = true;
}

void publish(struct loader *l, struct interface *in, const struct item *item, uint64_t menu)
{
	size_t mark = report_mark(l->report);
	bool failed = in->failed;

	if (!in->told)
		tell(l, in);
	if (!in->failed && menu > 0)
		in->failed = set_time("LoaderTimeMenuUSec", menu, l->report) != OK;
	set(l, in, "LoaderEntrySelected", KEEP_TILL_RESET, item->told_id);
	if (in->saves && l->default_entry == l->usual_entry && !str_eq(in->last, item->told_id)) {
		set(l, in, "LoaderEntryLastBooted", KEEP_FOR_EVER, item->told_id);
		in->last = item->told_id;
	}
	if (in->failed && !failed)
		(void)fail_in(l->report, mark, E_IO,
			      "the firmware does not take all variables of the Boot Loader "
			      "Interface:");
}

void publish_start(struct report *scratch)
{
	size_t mark = report_mark(scratch);

	(void)set_time("LoaderTimeExecUSec", clock_ticks(), scratch);
	report_rewind(scratch, mark);
}
