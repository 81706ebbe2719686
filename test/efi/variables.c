/* An EFI program that sets variables of the Boot Loader Interface, prints all that there are, and
 * switches the machine off. Its options are words:
 *
 *     NAME=TEXT    sets a variable as userland does, kept over a reset, in UTF-16 with a NUL
 *     NAME:HEX     the same, from bytes
 *     ~NAME=TEXT   one that is lost at a reset
 *     reset        resets the machine at the end
 *
 * Other words mean nothing. */
#include "test/efi/say.h"

#define NAME_MAX  64
#define VALUE_MAX 16384
#define IN_A_LINE 30 /* bytes: the firmware breaks longer lines */

#define TILL_RESET (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID vendor = {
	0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};

static EFI_RUNTIME_SERVICES *runtime;
static CHAR16 name[NAME_MAX + 1];
static union {
	CHAR16 text[VALUE_MAX / 2];
	UINT8 bytes[VALUE_MAX];
} value;
static BOOLEAN reset;

static void say_hex(UINTN n, unsigned digits)
{
	static const CHAR16 all[] = u"0123456789abcdef";
	CHAR16 digit[2] = {0};

	while (digits-- > 0) {
		digit[0] = all[n >> 4 * digits & 15];
		say(digit);
	}
}

static unsigned hex(CHAR16 c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static BOOLEAN same(const CHAR16 *word, const CHAR16 *other)
{
	while (*word == *other && *other != 0) {
		word++;
		other++;
	}
	return *other == 0 && (*word == 0 || *word == ' ');
}

/* Does what the word says, and returns what follows it. */
static const CHAR16 *obey(const CHAR16 *word)
{
	UINT32 attributes = TILL_RESET | EFI_VARIABLE_NON_VOLATILE;
	UINTN n = 0, bytes = 0;
	CHAR16 sign;

	reset |= same(word, u"reset");
	if (*word == '~') {
		attributes = TILL_RESET;
		word++;
	}
	for (; *word != 0 && *word != ' ' && *word != '=' && *word != ':' && n < NAME_MAX; word++)
		name[n++] = *word;
	name[n] = 0;
	sign = *word;
	if (sign != '=' && sign != ':')
		return word;
	for (word++; *word != 0 && *word != ' ' && bytes < VALUE_MAX - 2;) {
		if (sign == '=') {
			value.text[bytes / 2] = *word++;
			bytes += 2;
		} else {
			value.bytes[bytes++] = (UINT8)(hex(word[0]) << 4 | hex(word[1]));
			word += 2;
		}
	}
	if (sign == '=') {
		value.text[bytes / 2] = 0;
		bytes += 2;
	}
	if (runtime->SetVariable(name, &vendor, attributes, bytes, value.bytes) != EFI_SUCCESS)
		say(u"variables: not set\r\n");
	return word;
}

/* Prints a variable: "variable NAME ATTRIBUTES", and its bytes in lines of their own. */
static void show(CHAR16 *variable)
{
	UINT32 attributes = 0;
	UINTN bytes = VALUE_MAX;

	if (runtime->GetVariable(variable, &vendor, &attributes, &bytes, value.bytes) !=
	    EFI_SUCCESS)
		return;
	say(u"variable ");
	say(variable);
	say(u" ");
	say_hex(attributes, 8);
	for (UINTN i = 0; i < bytes; i++) {
		if (i % IN_A_LINE == 0)
			say(u"\r\n  ");
		say_hex(value.bytes[i], 2);
	}
	say(u"\r\n");
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	static CHAR16 next[512];
	EFI_LOADED_IMAGE_PROTOCOL *image;
	EFI_GUID guid;
	UINTN room;

	system = table;
	runtime = table->RuntimeServices;
	if (system->BootServices->HandleProtocol(self, &image_guid, (void **)&image) != EFI_SUCCESS)
		return EFI_UNSUPPORTED;
	if (image->LoadOptionsSize > 0) {
		for (const CHAR16 *word = image->LoadOptions; *word != 0; word += *word == ' ')
			word = obey(word);
	}
	for (;;) {
		room = sizeof(next);
		if (runtime->GetNextVariableName(&room, next, &guid) != EFI_SUCCESS)
			break;
		if (guid.Data1 == vendor.Data1)
			show(next);
	}
	say(u"variables: done\r\n");
	runtime->ResetSystem(reset ? EfiResetCold : EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return EFI_ABORTED;
}
