/* The loader's own command line, on which the host gives settings. */
#include "base/arena.h"
#include "efi/channels.h"
#include "loader/loader.h"
#include "loader/settings/channels.h"

void load_options_read(struct loader *l, const EFI_LOADED_IMAGE *image)
{
	UINT32 n = image->LoadOptionsSize;
	struct str text;
	char *room;

	if (image->LoadOptions == NULL || n == 0)
		return;
	if (n > COMMAND_LINE_MAX) {
		note(l->report, "the command line has %u bytes: it is not read", n);
		return;
	}
	room = arena_array(&l->arena, n, 2);
	if (room == NULL) {
		note(l->report, "no memory for the %u bytes of the command line", n);
	} else if (channel_load_options(image->LoadOptions, n, room, &text)) {
		l->command_line = room;
		l->command_line_bytes = text.n;
	}
}
