/* The firmware's console, screen and serial line alike. */
#include "loader/console.h"

#include "base/printable.h"
#include "efi/efi.h"
#include "loader/menu/keys.h"

#include <eficonex.h>

#define MS 10000 /* in the 100 ns that timers count */

/* VT100's. */
#define TERMINAL_COLUMNS 80
#define TERMINAL_ROWS    24

/* A row is written in pieces of so many UTF-16 units. */
#define PIECE 160

/* UEFI specification, 34.1: EFI_IMAGE_OUTPUT. */
struct hii_image {
	UINT16 width, height;
	VOID *bitmap;
};

/* UEFI specification, 34.2: EFI_HII_FONT_PROTOCOL, as far as it is used. */
struct hii_font {
	VOID *unused[2];
	EFI_STATUS(EFIAPI *GetGlyph)
	(struct hii_font *, CHAR16, VOID *, struct hii_image **, UINTN *);
};

static const EFI_GUID hii_font_guid = {
	0xe9ca4775, 0x8657, 0x47fc, {0x97, 0xe7, 0x7e, 0xd6, 0x5a, 0x08, 0x43, 0x24}};
static const EFI_GUID graphics_guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;

/* edk2's mark on what the console's text goes to. */
static const EFI_GUID console_out_guid = {
	0xd3b36f2c, 0xd551, 0x11d4, {0x9a, 0x46, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}};

/* Only screens show our text; set by console_clear(). */
static bool screen_alone;

/* A character that a serial line of type PC-ANSI or VT100 cannot send, and says so. It is tested
 * together with each other character, because such a line sends some of those as a wrong byte. */
#define WITNESS 0x100

/* True when the screen's font has C, or there is no screen. A screen itself claims to show every
 * character and leaves out what its font lacks. */
static bool screen_shows(CHAR16 c)
{
	struct hii_font *font = efi_locate(&hii_font_guid);
	struct hii_image *image = NULL;
	EFI_STATUS efi;

	if (font == NULL || efi_locate(&graphics_guid) == NULL)
		return true;
	efi = font->GetGlyph(font, c, NULL, &image, NULL);
	if (image != NULL)
		efi_free(image->bitmap);
	efi_free(image);
	return efi == EFI_SUCCESS;
}

/* The font of every screen has Latin-1, and a serial line that lacks it sends a '?' itself. But of
 * a character beyond Latin-1 edk2 sends the lower byte, which may be a carriage return. */
bool console_shows(uint32_t c)
{
	CHAR16 text[] = {(CHAR16)c, WITNESS, 0};
	SIMPLE_TEXT_OUTPUT_INTERFACE *out = system_table->ConOut;

	if (c < WITNESS)
		return true;
	return c < 0x10000 && out->TestString(out, text) == EFI_SUCCESS && screen_shows((CHAR16)c);
}

static void write_units(CHAR16 *text)
{
	system_table->ConOut->OutputString(system_table->ConOut, text);
}

/* Writes a '?' for what must not or cannot be shown, and "\r\n" for '\n', because the firmware's
 * '\n' does not go back to the line's beginning. */
static void write_text(struct str text)
{
	CHAR16 piece[PIECE + 3];
	size_t n = 0;

	while (text.n > 0) {
		bool end = text.p[0] == '\n', back = text.p[0] == '\r';
		uint32_t c = printable_next(&text);

		if (end)
			piece[n++] = '\r';
		piece[n++] = end ? '\n' : back ? '\r' : console_shows(c) ? (CHAR16)c : '?';
		if (n >= PIECE || text.n == 0) {
			piece[n] = 0;
			write_units(piece);
			n = 0;
		}
	}
}

/* True when text goes to screens only, which have as many rows as they say. edk2 marks each device
 * that it writes to, and a screen has its graphics on the same handle. */
static bool is_screen_alone(void)
{
	UINTN count;
	EFI_HANDLE *handles = efi_handles(&console_out_guid, &count);
	bool alone = count > 0;

	for (UINTN i = 0; i < count; i++)
		alone &= efi_protocol(handles[i], &graphics_guid) != NULL;
	efi_free(handles);
	return alone;
}

/* The firmware takes the largest mode that its serial driver can name, 80 by 50 for one, without
 * asking the terminal: with a serial line we stay within what every terminal shows. */
struct console_size console_size(void)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *out = system_table->ConOut;
	UINTN columns = 0, rows = 0;
	bool known = !EFI_ERROR(out->QueryMode(out, out->Mode->Mode, &columns, &rows));

	if (!known || columns < 40 || (columns > TERMINAL_COLUMNS && !screen_alone))
		columns = TERMINAL_COLUMNS;
	if (!known || rows < 10 || (rows > TERMINAL_ROWS && !screen_alone))
		rows = TERMINAL_ROWS;
	return (struct console_size){(unsigned)columns, (unsigned)rows};
}

/* The firmware wants the text's colour in bits 0 to 3 and the background's in bits 4 to 6. */
static void set_colours(struct colours c)
{
	static const UINT8 numbers[] = {
		[COLOUR_BLACK] = EFI_BLACK,   [COLOUR_CYAN] = EFI_CYAN,
		[COLOUR_WHITE] = EFI_WHITE,   [COLOUR_LIGHT_GRAY] = EFI_LIGHTGRAY,
		[COLOUR_YELLOW] = EFI_YELLOW,
	};

	system_table->ConOut->SetAttribute(system_table->ConOut,
					   numbers[c.text] | numbers[c.background] << 4);
}

void console_clear(void)
{
	screen_alone = is_screen_alone();
	set_colours((struct colours)CONSOLE_COLOURS);
	system_table->ConOut->EnableCursor(system_table->ConOut, FALSE);
	system_table->ConOut->ClearScreen(system_table->ConOut);
}

/* TEXT cut to so many columns. */
static struct str cut_columns(struct str text, unsigned most)
{
	struct str rest = text, before = text;

	for (unsigned width = 0; rest.n > 0; before = rest) {
		width += char_width(printable_next(&rest));
		if (width > most)
			break;
	}
	return (struct str){text.p, text.n - before.n};
}

void console_put(unsigned column, unsigned row, struct colours colours, struct str text)
{
	struct console_size size = console_size();
	unsigned last = size.columns - (row == size.rows - 1 ? 1 : 0);

	if (row >= size.rows || column >= last)
		return;
	set_colours(colours);
	system_table->ConOut->SetCursorPosition(system_table->ConOut, column, row);
	write_text(cut_columns(text, last - column));
	set_colours((struct colours)CONSOLE_COLOURS);
}

void console_cursor(unsigned column, unsigned row)
{
	system_table->ConOut->SetCursorPosition(system_table->ConOut, column, row);
	system_table->ConOut->EnableCursor(system_table->ConOut, TRUE);
}

void console_write(struct str text)
{
	set_colours((struct colours)CONSOLE_COLOURS);
	write_text(text);
}

static EFI_EVENT alarm;
static void (*alarm_ring)(void);

static EFIAPI VOID on_alarm(EFI_EVENT event, VOID *context)
{
	(void)event, (void)context;
	alarm_ring();
}

void console_alarm(uint32_t ms, void (*ring)(void))
{
	if (alarm != NULL)
		boot_services->CloseEvent(alarm);
	alarm = NULL;
	alarm_ring = ring;
	if (ring != NULL &&
	    !EFI_ERROR(boot_services->CreateEvent(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK,
						  on_alarm, NULL, &alarm)))
		boot_services->SetTimer(alarm, TimerRelative, (UINT64)ms * MS);
}

/* A key as the firmware reports it, and whether it came from a serial line. */
struct raw_key {
	EFI_INPUT_KEY key;
	bool serial;
};

static EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL *input_ex(void)
{
	static const EFI_GUID guid = EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL_GUID;

	return efi_protocol(system_table->ConsoleInHandle, &guid);
}

/* A keyboard reports its shift keys with each key; a serial line has none to report. */
static bool read_key(struct raw_key *raw)
{
	EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL *ex = input_ex();
	EFI_KEY_DATA data;

	if (ex == NULL) {
		raw->serial = false;
		return !EFI_ERROR(
			system_table->ConIn->ReadKeyStroke(system_table->ConIn, &raw->key));
	}
	if (EFI_ERROR(ex->ReadKeyStrokeEx(ex, &data)))
		return false;
	raw->key = data.Key;
	raw->serial = (data.KeyState.KeyShiftState & EFI_SHIFT_STATE_VALID) == 0;
	return true;
}

/* Waits until a key may be there; false when TIMEOUT milliseconds went by. */
static bool wait_key(uint32_t timeout)
{
	EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL *ex = input_ex();
	EFI_EVENT events[2] = {ex != NULL ? ex->WaitForKeyEx : system_table->ConIn->WaitForKey};
	UINTN which = 0;

	if (timeout == WAIT_FOREVER)
		return !EFI_ERROR(boot_services->WaitForEvent(1, events, &which));
	if (EFI_ERROR(boot_services->CreateEvent(EVT_TIMER, TPL_CALLBACK, NULL, NULL, &events[1])))
		return false;
	boot_services->SetTimer(events[1], TimerRelative, (UINT64)timeout * MS);
	boot_services->WaitForEvent(2, events, &which);
	boot_services->CloseEvent(events[1]);
	return which == 0;
}

/* The moment when TIMEOUT milliseconds from now have passed. Does not ask the clock when nothing is
 * waited for, because its first answer takes 2 ms. */
static uint64_t end_of(uint32_t timeout)
{
	if (timeout == 0)
		return 0;
	return timeout == WAIT_FOREVER ? UINT64_MAX : clock_ms() + timeout;
}

/* The next key until the moment END. The event may also fire for a shift key, which cannot be read
 * as a key. */
static bool next_key(uint64_t end, struct raw_key *raw)
{
	while (!read_key(raw)) {
		uint64_t now = end == 0 || end == UINT64_MAX ? 0 : clock_ms();

		if (now >= end ||
		    !wait_key(end == UINT64_MAX ? WAIT_FOREVER : (uint32_t)(end - now)))
			return false;
	}
	return true;
}

static uint32_t key_of(const struct raw_key *raw)
{
	static const uint32_t scans[] = {
		[SCAN_UP] = KEY_UP,
		[SCAN_DOWN] = KEY_DOWN,
		[SCAN_RIGHT] = KEY_RIGHT,
		[SCAN_LEFT] = KEY_LEFT,
		[SCAN_HOME] = KEY_HOME,
		[SCAN_END] = KEY_END,
		[SCAN_DELETE] = KEY_DELETE,
		[SCAN_PAGE_UP] = KEY_PAGE_UP,
		[SCAN_PAGE_DOWN] = KEY_PAGE_DOWN,
		[SCAN_ESC] = KEY_ESCAPE,
	};

	/* Terminals send 0x7f for Backspace; the firmware takes it for Delete. */
	if (raw->key.ScanCode == SCAN_DELETE && raw->serial)
		return KEY_BACKSPACE;
	if (raw->key.ScanCode == 0)
		return raw->key.UnicodeChar;
	return raw->key.ScanCode < sizeof(scans) / sizeof(*scans) ? scans[raw->key.ScanCode]
								  : KEY_NONE;
}

uint32_t console_key(uint32_t timeout)
{
	static struct key_decoder decoder;
	uint64_t end = end_of(timeout);

	for (;;) {
		struct raw_key raw;
		bool pending = key_pending(&decoder);
		uint32_t key;

		if (next_key(pending ? end_of(KEY_GAP_MS) : end, &raw))
			key = key_feed(&decoder, key_of(&raw));
		else if (pending)
			key = key_flush(&decoder);
		else
			return KEY_NONE;
		if (key != KEY_NONE)
			return key;
	}
}
