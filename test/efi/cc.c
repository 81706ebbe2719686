/* Stands in for the firmware of a TDX guest: has an EFI_CC_MEASUREMENT_PROTOCOL that prints what it
 * is asked to measure, and starts \loader.efi from its own disk. Of data that is short it prints
 * every byte, of other data its size and Adler-32, as zlib's. Options that begin with "refused" it
 * refuses. */
#include "test/efi/chain.h"

#define SHORT     1024
#define ADLER_MOD 65521

/* UEFI specification, 38.2. */
struct event {
	UINT32 bytes, header_bytes;
	UINT16 version;
	UINT32 place, type;
} __attribute__((packed));

static EFI_GUID cc_guid = {
	0x96751a3d, 0x72f4, 0x41a6, {0xa7, 0x94, 0xed, 0x5d, 0x0e, 0x67, 0xae, 0x6b}};

static const CHAR16 refused[] = {u'r', u'e', u'f', u'u', u's', u'e', u'd'};

static void say_bytes(const UINT8 *p, UINT64 n)
{
	CHAR16 digits[2 * SHORT + 1] = {0};

	for (UINT64 i = 0; i < n; i++) {
		digits[2 * i] = u"0123456789abcdef"[p[i] >> 4];
		digits[2 * i + 1] = u"0123456789abcdef"[p[i] & 15];
	}
	say(digits);
}

static UINT32 adler(const UINT8 *p, UINT64 n)
{
	UINT32 a = 1, b = 0;

	for (UINT64 i = 0; i < n; i++) {
		a = (a + p[i]) % ADLER_MOD;
		b = (b + a) % ADLER_MOD;
	}
	return b << 16 | a;
}

static BOOLEAN is_same(const UINT8 *a, const void *b, UINTN n)
{
	for (UINTN i = 0; i < n; i++) {
		if (a[i] != ((const UINT8 *)b)[i])
			return FALSE;
	}
	return TRUE;
}

static EFIAPI EFI_STATUS extend(void *self, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 bytes,
				struct event *e)
{
	const UINT8 *p = (const UINT8 *)data;

	(void)self;
	if (e == NULL || (data == 0 && bytes > 0) || e->version != 1 ||
	    e->header_bytes != sizeof(*e) - sizeof(e->bytes) || e->bytes < sizeof(*e))
		return EFI_INVALID_PARAMETER;
	say_number(u"cc: flags=", flags);
	say_number(u" register=", e->place);
	say_number(u" type=", e->type);
	say_number(u" bytes=", bytes);
	if (bytes <= SHORT) {
		say(u" data=");
		say_bytes(p, bytes);
	} else {
		say_number(u" adler32=", adler(p, bytes));
	}
	say(u" event=");
	say_bytes((const UINT8 *)(e + 1), e->bytes - sizeof(*e) < 64 ? e->bytes - sizeof(*e) : 64);
	say(u" end\r\n");
	return bytes > sizeof(refused) && is_same(p, refused, sizeof(refused)) ? EFI_DEVICE_ERROR
									       : EFI_SUCCESS;
}

/* UEFI specification, 38.4.1: the registers of TDX, MRTD first. */
static EFIAPI EFI_STATUS map_pcr(void *self, UINT32 pcr, UINT32 *place)
{
	(void)self;
	*place = pcr == 0 ? 0 : pcr == 1 || pcr == 7 ? 1 : pcr < 7 ? 2 : 3;
	return pcr < 16 ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* EFI_CC_BOOT_SERVICE_CAPABILITY, UEFI specification, 38.2.2. */
struct capability {
	UINT8 bytes, structure[2], protocol[2];
	UINT32 hashes, logs;
	UINT8 type, subtype;
};

static EFIAPI EFI_STATUS get_capability(void *self, struct capability *c)
{
	(void)self;
	*c = (struct capability){sizeof(*c), {1, 0}, {1, 0}, 4, 2, 2, 0}; /* SHA-384, TDX */
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS get_event_log(void)
{
	return EFI_UNSUPPORTED;
}

static struct {
	EFI_STATUS(EFIAPI *get_capability)(void *, struct capability *);
	EFI_STATUS(EFIAPI *get_event_log)(void);
	EFI_STATUS(EFIAPI *extend)(void *, UINT64, EFI_PHYSICAL_ADDRESS, UINT64, struct event *);
	EFI_STATUS(EFIAPI *map_pcr)(void *, UINT32, UINT32 *);
} cc = {get_capability, get_event_log, extend, map_pcr};

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	EFI_HANDLE handle = NULL, image;
	EFI_STATUS status;

	system = table;
	status = table->BootServices->InstallMultipleProtocolInterfaces(&handle, &cc_guid, &cc,
									NULL);
	if (status == EFI_SUCCESS)
		status = chain_load(self, &image);
	if (status != EFI_SUCCESS) {
		say(u"cc: cannot load it\r\n");
		return status;
	}
	return table->BootServices->StartImage(image, NULL, NULL);
}
