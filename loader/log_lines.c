/* The log's lines about disks, menus and what was chosen. */
#include "loader/log_lines.h"

#include "fs/block.h"
#include "fs/volume.h"
#include "loader/disks/order.h"
#include "loader/log.h"

void log_disk(const struct disk *d)
{
	const struct volume *v = d->volume;

	if (!log_done())
		return;
	log_text("disk", d->block->name);
	log_number("index", d->number + 1);
	if (d->partition != 0)
		log_number("partition", d->partition);
	log_number("bytes", d->block->size);
	if (d->serial.n > 0)
		log_text("serial", d->serial);
	log_word("fs", v != NULL ? v->type : "none");
	if (v != NULL && v->uuid[0] != '\0')
		log_word("uuid", v->uuid);
	if (v != NULL && v->label.n > 0)
		log_text("label", v->label);
	log_end();
}

static void put_menu(const struct volume *v, const struct config *c)
{
	log_text("disk", v->name);
	if (c->from.n > 0)
		log_text("file", c->from);
	log_number("entries", c->count);
	log_end();
}

void log_settings(const struct loader *l)
{
	if (log_done())
		log_end();
	if (l->own != NULL && log_line("menu"))
		put_menu(l->own, &l->own_config);
}

void log_menu(const struct volume *v, const struct config *c)
{
	if (log_done())
		put_menu(v, c);
}

/* Adds the entry's title and where it comes from. */
static void put_entry(const struct entry *e)
{
	log_text("entry", (struct str){e->title.p, e->title.n - e->title_more});
	log_text("disk", e->menu->name);
	log_text("file", e->from);
	if (e->line > 0)
		log_number("line", e->line);
}

/* Why D, the disk with the default entry, goes before the others; "host" when D is NULL: the entry
 * is the host's own. */
static const char *disk_by(const struct loader *l, const struct disk *d)
{
	static const char *const words[] = {
		[ORDER_ALONE] = "order",           [ORDER_NAMED] = "setting",
		[ORDER_BOOT_ORDER] = "boot-order", [ORDER_WHOLE] = "whole-disk",
		[ORDER_VIRTIO] = "virtio",         [ORDER_FOUND] = "firmware",
	};
	const struct disk *taken, *next;

	if (d == NULL)
		return "host";
	if (d->named)
		return words[ORDER_NAMED];
	return words[l->guest == &d->config ? order_reason(l, &taken, &next) : ORDER_ALONE];
}

void log_default(const struct loader *l)
{
	const struct item *item = &l->entries[l->default_entry];
	const struct entry *e = item->entry;
	const struct config *c = loader_config(l, item->disk);

	if (!log_line("default"))
		return;
	put_entry(e);
	log_word("disk-by", disk_by(l, item->disk));
	if (l->settings.said[SET_DEFAULT] && entry_match(e, l->settings.default_glob))
		log_word("entry-by", "setting");
	else
		log_word("entry-by", c->default_entry == e ? "menu" : "order");
	log_number("timeout", l->timeout);
	log_end();
}

void log_nothing(const struct loader *l, struct str says)
{
	const char *missing = "disks";
	struct log_step step;

	if (l->count > 0)
		missing = "disk";
	if (l->places.count > 0)
		missing = "menu";
	if (l->entries_count > 0)
		missing = "entry";
	log_step(&step, missing, l->report);
	log_error(E_NOT_FOUND, says);
	(void)log_step_end(&step, OK);
}

void log_once(const struct entry *e)
{
	if (!log_line("once"))
		return;
	put_entry(e);
	log_end();
}

void log_spent(const struct entry *e)
{
	if (!log_line("spent"))
		return;
	put_entry(e);
	log_end();
}

/* Begins the line. */
static bool wish(const char *variable)
{
	if (!log_line("wish"))
		return false;
	log_word("variable", variable);
	return true;
}

void log_wish(const char *variable, const struct entry *e)
{
	if (!wish(variable))
		return;
	put_entry(e);
	log_end();
}

void log_wish_time(const char *variable, unsigned seconds)
{
	if (!wish(variable))
		return;
	log_number("timeout", seconds);
	log_end();
}

void log_wait(bool person)
{
	if (!log_done())
		return;
	log_word("person", person ? "yes" : "no");
	log_end();
}

void log_boot(const struct entry *e)
{
	if (!log_line("boot"))
		return;
	put_entry(e);
	log_end();
}
