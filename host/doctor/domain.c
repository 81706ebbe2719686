/* A libvirt domain, read by libxml2. */
#include "host/doctor/domain.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "config/lines/text.h"

static bool is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* The first of NODE and its younger siblings that is called NAME; NULL when there is none. */
static const xmlNode *sibling(const xmlNode *node, const char *name)
{
	while (node != NULL && !is_named(node, name))
		node = node->next;
	return node;
}

/* NODE may be NULL: it has no children. */
static const xmlNode *child(const xmlNode *node, const char *name)
{
	return node != NULL ? sibling(node->children, name) : NULL;
}

/* Moves TEXT, which libxml2 made, to the arena. NULL when there is none. */
static const char *keep(struct arena *a, xmlChar *text)
{
	struct str copy = S("");

	if (text == NULL || !str_dup(a, str_of((const char *)text), &copy))
		copy.p = NULL;
	xmlFree(text);
	return copy.p;
}

static const char *attribute(struct arena *a, const xmlNode *node, const char *name)
{
	return node != NULL ? keep(a, xmlGetProp(node, (const xmlChar *)name)) : NULL;
}

/* The text in NODE without blanks around it. NULL when there is none. */
static const char *content(struct arena *a, const xmlNode *node)
{
	const char *text = node != NULL ? keep(a, xmlNodeGetContent(node)) : NULL;
	struct str s = text != NULL ? str_of(text) : S(""), trimmed;

	while (s.n > 0 && (str_is_blank(*s.p) || *s.p == '\n'))
		s = str_skip(s, 1);
	while (s.n > 0 && (str_is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\n'))
		s.n--;
	return s.n > 0 && str_dup(a, s, &trimmed) ? trimmed.p : NULL;
}

static bool is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

static enum said said(const char *word)
{
	return is(word, "yes") ? SAID_YES : is(word, "no") ? SAID_NO : UNSAID;
}

static unsigned number(const char *text)
{
	uint64_t n = 0;

	return text != NULL && str_u64(str_of(text), &n) && n < UINT32_MAX ? (unsigned)n : 0;
}

static const char *either(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

/* <memory unit='MiB'>. The unit is KiB where the domain does not say. */
static uint64_t memory_kib(struct arena *a, const xmlNode *node)
{
	static const struct {
		const char *unit;
		uint64_t bytes;
	} units[] = {
		{"b", 1},
		{"bytes", 1},
		{"KB", 1000},
		{"k", 1024},
		{"KiB", 1024},
		{"MB", 1000000},
		{"M", 1024 * 1024},
		{"MiB", 1024 * 1024},
		{"GB", 1000000000},
		{"G", 1ull << 30},
		{"GiB", 1ull << 30},
		{"T", 1ull << 40},
		{"TiB", 1ull << 40},
	};
	const char *unit = either(attribute(a, node, "unit"), "KiB"), *text = content(a, node);
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(unit, units[i].unit) == 0 && text != NULL && str_u64(str_of(text), &n) &&
		    n <= UINT64_MAX / units[i].bytes)
			return n * units[i].bytes >> 10;
	}
	return 0;
}

static void read_features(struct arena *a, const xmlNode *os, struct domain *d)
{
	const xmlNode *f = child(child(os, "firmware"), "feature");

	for (; f != NULL; f = sibling(f->next, "feature")) {
		const char *name = attribute(a, f, "name");
		enum said enabled = said(attribute(a, f, "enabled"));

		if (is(name, "secure-boot"))
			d->secure_boot = enabled;
		if (is(name, "enrolled-keys"))
			d->enrolled_keys = enabled;
	}
}

static void read_os(struct arena *a, const xmlNode *os, struct domain *d)
{
	const xmlNode *type = child(os, "type"), *loader = child(os, "loader"),
		      *nvram = child(os, "nvram");

	d->os_type = content(a, type);
	d->arch = attribute(a, type, "arch");
	d->machine = attribute(a, type, "machine");
	d->firmware = attribute(a, os, "firmware");
	d->loader = content(a, loader);
	d->loader_secure = said(attribute(a, loader, "secure"));
	d->nvram = either(content(a, nvram), attribute(a, child(nvram, "source"), "file"));
	d->nvram_template = attribute(a, nvram, "template");
	d->nvram_format = attribute(a, nvram, "format");
	d->kernel = content(a, child(os, "kernel"));
	d->initrd = content(a, child(os, "initrd"));
	d->cmdline = content(a, child(os, "cmdline"));
	for (const xmlNode *b = child(os, "boot"); b != NULL; b = sibling(b->next, "boot")) {
		const char *dev = attribute(a, b, "dev");

		d->boot_dev = either(d->boot_dev, dev);
		d->boots_hd |= is(dev, "hd");
		d->boots_net |= is(dev, "network");
	}
	d->smbios = is(attribute(a, child(os, "smbios"), "mode"), "sysinfo");
	read_features(a, os, d);
}

/* Adds a setting behind the last one. */
static void add_setting(struct arena *a, struct domain_setting **end, struct domain_setting one)
{
	struct domain_setting *made = arena_array(a, 1, sizeof(*made));

	while (*end != NULL)
		end = &(*end)->next;
	if (made == NULL)
		return;
	*made = one;
	*end = made;
}

static void read_sysinfo(struct arena *a, const xmlNode *node, struct domain *d)
{
	bool fw_cfg = is(attribute(a, node, "type"), "fwcfg");
	const xmlNode *e = child(fw_cfg ? node : child(node, "oemStrings"), "entry");

	for (; e != NULL; e = sibling(e->next, "entry"))
		add_setting(a, fw_cfg ? &d->fw_cfg : &d->oem_strings,
			    (struct domain_setting){.name = attribute(a, e, "name"),
						    .value = either(content(a, e), ""),
						    .file = attribute(a, e, "file")});
}

static void read_disk(struct arena *a, const xmlNode *node, struct domain_disk *d)
{
	const xmlNode *driver = child(node, "driver"), *source = child(node, "source"),
		      *target = child(node, "target"), *address = child(node, "address");

	d->type = either(attribute(a, node, "type"), "file");
	d->device = either(attribute(a, node, "device"), "disk");
	d->driver = attribute(a, driver, "name");
	d->format = attribute(a, driver, "type");
	d->source = either(attribute(a, source, "file"),
			   either(attribute(a, source, "dev"), attribute(a, source, "dir")));
	d->target = either(attribute(a, target, "dev"), "?");
	d->bus = attribute(a, target, "bus");
	d->serial = content(a, child(node, "serial"));
	d->order = number(attribute(a, child(node, "boot"), "order"));
	d->scsi_target = number(attribute(a, address, "target"));
	d->scsi_unit = number(attribute(a, address, "unit"));
	d->readonly = child(node, "readonly") != NULL;
	d->transient = child(node, "transient") != NULL;
	d->encrypted = child(node, "encryption") != NULL || child(source, "encryption") != NULL;
	if (d->bus == NULL) /* as libvirt guesses it */
		d->bus = str_starts(str_of(d->target), S("vd"))   ? "virtio"
			 : str_starts(str_of(d->target), S("hd")) ? "ide"
								  : "scsi";
}

bool domain_is_hard_disk(const struct domain_disk *disk)
{
	return strcmp(disk->device, "disk") == 0 || strcmp(disk->device, "lun") == 0;
}

/* True when A comes before B, a disk of the same bus: vdb before vdaa. */
static bool comes_before(const struct domain_disk *a, const struct domain_disk *b)
{
	size_t n = strlen(a->target), m = strlen(b->target);

	return n != m ? n < m : strcmp(a->target, b->target) < 0;
}

/* Where libvirt puts DISK: before the first disk of its bus that comes after it, else behind the
 * last of its bus, else at the end. */
static unsigned find_place(const struct domain *d, const struct domain_disk *disk)
{
	unsigned behind = d->disks_count;

	for (unsigned i = 0; i < d->disks_count; i++) {
		if (strcmp(d->disks[i].bus, disk->bus) != 0)
			continue;
		if (comes_before(disk, &d->disks[i]))
			return i;
		behind = i + 1;
	}
	return behind;
}

static void add_disk(struct arena *a, const xmlNode *node, struct domain *d)
{
	struct domain_disk disk = {0};
	unsigned at;

	if (d->disks_count == DOMAIN_DISKS_MAX)
		return;
	read_disk(a, node, &disk);
	at = find_place(d, &disk);
	d->any_order |= disk.order > 0;
	memmove(&d->disks[at + 1], &d->disks[at], (d->disks_count - at) * sizeof(*d->disks));
	d->disks[at] = disk;
	d->disks_count++;
}

static void read_controller(struct arena *a, const xmlNode *node, struct domain *d)
{
	const char *type = attribute(a, node, "type"), *model = attribute(a, node, "model");

	if (is(type, "usb"))
		d->no_usb |= is(model, "none");
	if (is(type, "scsi"))
		d->virtio_scsi &= model == NULL || str_starts(str_of(model), S("virtio"));
}

static void read_device(struct arena *a, const xmlNode *node, struct domain *d)
{
	static const char *const consoles[] = {"serial", "console", "graphics", "video"};

	for (size_t i = 0; i < sizeof(consoles) / sizeof(*consoles); i++)
		d->has_console |= is_named(node, consoles[i]);
	if (is_named(node, "disk"))
		add_disk(a, node, d);
	else if (is_named(node, "controller"))
		read_controller(a, node, d);
	else if (is_named(node, "emulator"))
		d->emulator = content(a, node);
	else if (child(node, "boot") != NULL)
		d->boots_net = d->any_order = true;
}

static void read_label(struct arena *a, const xmlNode *node, struct domain *d)
{
	const char *model = attribute(a, node, "model"), *type = attribute(a, node, "type");
	const char *label = content(a, child(node, "label"));
	struct str user = label != NULL ? str_of(label) : S(""), name;

	if (is(type, "none") && (model == NULL || is(model, "apparmor")))
		d->no_apparmor = true;
	if (!is(model, "dac") || label == NULL)
		return;
	user.n = str_find(user, ':');
	if (str_dup(a, user, &name))
		d->user = name.p;
}

static enum status read_domain(struct arena *a, const xmlNode *root, struct domain *d)
{
	const xmlNode *devices = child(root, "devices"), *sysinfo = child(root, "sysinfo"),
		      *label = child(root, "seclabel");

	*d = (struct domain){.virtio_scsi = true};
	d->disks = arena_array(a, DOMAIN_DISKS_MAX + 1, sizeof(*d->disks));
	if (d->disks == NULL)
		return E_NO_MEMORY;
	d->type = either(attribute(a, root, "type"), "");
	d->name = either(content(a, child(root, "name")), "");
	d->memory_kib = memory_kib(a, child(root, "memory"));
	read_os(a, child(root, "os"), d);
	for (; sysinfo != NULL; sysinfo = sibling(sysinfo->next, "sysinfo"))
		read_sysinfo(a, sysinfo, d);
	for (; label != NULL; label = sibling(label->next, "seclabel"))
		read_label(a, label, d);
	for (const xmlNode *n = devices != NULL ? devices->children : NULL; n != NULL; n = n->next)
		read_device(a, n, d);
	d->os_type = either(d->os_type, "");
	d->machine = either(d->machine, "");
	return OK;
}

static enum status not_well_formed(const char *name, struct report *r)
{
	const xmlError *e = xmlGetLastError();
	struct str why =
		e != NULL && e->message != NULL ? str_of(e->message) : S("it cannot be parsed");

	why.n = str_find(why, '\n');
	return fail(r, E_SYNTAX, "%s: line %d is not well-formed XML: %.*s", name,
		    e != NULL ? e->line : 0, STR_ARG(why));
}

enum status domain_parse(struct arena *a, const char *name, struct str xml, struct report *r,
			 struct domain *d)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	enum status status;
	const xmlNode *root;
	xmlDoc *doc;

	if (text_find(xml, S("<!DOCTYPE")) < xml.n)
		return fail(r, E_UNSUPPORTED,
			    "%s: it has a DOCTYPE, which no domain has; take that out", name);
	/* The encoding is given: in another one the line above would not see a DOCTYPE. */
	doc = xmlReadMemory(xml.p, (int)xml.n, name, "UTF-8", options);
	if (doc == NULL)
		return not_well_formed(name, r);
	root = xmlDocGetRootElement(doc);
	if (root != NULL && is_named(root, "domain"))
		status = read_domain(a, root, d);
	else
		status = fail(r, E_WRONG_TYPE,
			      "%s: it is no <domain>; name what `virsh dumpxml` prints", name);
	xmlFreeDoc(doc);
	return status == E_NO_MEMORY ? fail(r, E_NO_MEMORY, "%s: no memory to read it", name)
				     : status;
}
