/* The settings that the host gives in files of QEMU's fw_cfg (docs/specs/fw_cfg.rst there), and
 * QEMU's boot order. */
#include "loader/settings/fw_cfg.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "loader/settings/channels.h"

#define KEY_SIGNATURE 0
#define KEY_DIRECTORY 0x19

/* The most files that are searched, and the most bytes that are read of one: more than any setting
 * has. */
#define FILES_MAX 4096
#define VALUE_MAX 8192

struct file {
	be32 bytes;
	be16 key;
	be16 reserved;
	char name[56];
};
_Static_assert(sizeof(struct file) == 64, "FWCfgFile");

static bool is_there(void)
{
	char signature[4];

	fw_cfg_choose(KEY_SIGNATURE);
	fw_cfg_read(signature, sizeof(signature));
	return str_eq((struct str){signature, sizeof(signature)}, S("QEMU"));
}

/* Reads the file F, without the newlines at its end, which an editor leaves. */
static bool load(struct loader *l, struct str name, const struct file *f, struct str *value)
{
	uint32_t n = get_be32(f->bytes);
	char *p;

	n = n < VALUE_MAX ? n : VALUE_MAX;
	p = arena_alloc(&l->arena, n);
	if (p == NULL) {
		note(l->report, "no memory for the fw_cfg file %.*s", STR_ARG(name));
		return false;
	}
	fw_cfg_choose(get_be16(f->key));
	fw_cfg_read(p, n);
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	*value = (struct str){p, n};
	return true;
}

void fw_cfg_read_settings(struct loader *l)
{
	struct file *files;
	uint32_t n;
	be32 count;

	if (!is_there())
		return;
	fw_cfg_choose(KEY_DIRECTORY);
	fw_cfg_read(&count, sizeof(count));
	n = get_be32(count) < FILES_MAX ? get_be32(count) : FILES_MAX;
	files = arena_array(&l->arena, n, sizeof(*files));
	if (files == NULL) {
		note(l->report, "no memory for the %u files of fw_cfg", n);
		return;
	}
	fw_cfg_read(files, n * sizeof(*files));
	for (uint32_t i = 0; i < n; i++) {
		struct str name = {files[i].name, sizeof(files[i].name)}, value;

		name.n = str_find(name, '\0');
		if (str_eq(name, S("bootorder")))
			(void)load(l, name, &files[i], &l->boot_order);
		else if (str_cut_prefix(&name, S("opt/org.partless/")) &&
			 load(l, name, &files[i], &value))
			channel_set(&l->settings, SAID_BY_FW_CFG, name, value, l->report);
	}
}
