/* Measuring, by the firmware: it hashes, extends the registers and writes the log. */
#include "base/mem.h"
#include "efi/efi.h"
#include "loader/platform.h"

#define EV_EVENT_TAG 6
#define EV_IPL       0xd

/* EFI_TCG2_EVENT (TCG EFI Protocol Specification, 6.6.2) and EFI_CC_EVENT (UEFI specification,
 * 38.2.4), which have the same shape. */
struct event {
	UINT32 bytes; /* of all of it */
	UINT32 header_bytes;
	UINT16 version;
	UINT32 place; /* the PCR, or the index of a measurement register */
	UINT32 type;
} __attribute__((packed));

/* What follows if the type is EV_EVENT_TAG: TCG_PCClientTaggedEvent, PC Client Platform Firmware
 * Profile, 10.4.2. */
struct tagged {
	UINT32 tag, bytes;
} __attribute__((packed));

/* The beginning of EFI_TCG2_PROTOCOL and EFI_CC_MEASUREMENT_PROTOCOL. Only the fourth call
 * differs; the TPM's is not used. */
struct measuring {
	EFI_STATUS(EFIAPI *get_capability)(struct measuring *, void *);
	void *get_event_log;
	EFI_STATUS(EFIAPI *extend)
	(struct measuring *, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 bytes, struct event *);
	EFI_STATUS(EFIAPI *map_pcr)(struct measuring *, UINT32 pcr, UINT32 *place);
};

/* EFI_TCG2_BOOT_SERVICE_CAPABILITY, TCG EFI Protocol Specification, 6.4. */
struct capability {
	UINT8 bytes, versions[4];
	UINT32 hashes, logs;
	BOOLEAN present;
	UINT32 rest[4];
};

static const EFI_GUID tcg2_guid = TCG2_GUID, cc_guid = CC_GUID;

static struct measuring *tpm, *cc;

/* The firmware has the protocol also when the TPM is switched off. */
static bool is_present(struct measuring *m)
{
	struct capability c = {.bytes = sizeof(c)};

	return !EFI_ERROR(m->get_capability(m, &c)) && c.present;
}

unsigned platform_measures(void)
{
	static bool looked;

	if (!looked) {
		tpm = efi_locate(&tcg2_guid);
		cc = efi_locate(&cc_guid);
		if (tpm != NULL && !is_present(tpm))
			tpm = NULL;
		looked = true;
	}
	return (tpm != NULL ? MEASURES_TPM : 0) | (cc != NULL ? MEASURES_CC : 0);
}

/* Fills the event, which has room for its bytes. */
static void fill(struct event *e, size_t bytes, const struct measurement *m)
{
	char *to = (char *)(e + 1);

	*e = (struct event){
		.bytes = (UINT32)bytes,
		.header_bytes = sizeof(*e) - sizeof(e->bytes),
		.version = 1,
		.place = m->pcr,
		.type = m->tag != 0 ? EV_EVENT_TAG : EV_IPL,
	};
	if (m->tag != 0) {
		*(struct tagged *)to = (struct tagged){m->tag, (UINT32)m->about.n};
		to += sizeof(struct tagged);
	}
	if (m->about.n > 0)
		memcpy(to, m->about.p, m->about.n);
}

static enum status extend(struct measuring *into, const char *name, struct event *e,
			  const struct measurement *m, struct report *report)
{
	EFI_STATUS efi = EFI_SUCCESS;
	UINT32 place = m->pcr;

	if (into == cc)
		efi = cc->map_pcr(cc, m->pcr, &place);
	e->place = place;
	if (!EFI_ERROR(efi))
		efi = into->extend(into, 0, (EFI_PHYSICAL_ADDRESS)m->data.p, m->data.n, e);
	/* It was measured, and only the log has no room for it. */
	if (efi == EFI_VOLUME_FULL || !EFI_ERROR(efi))
		return OK;
	return fail(report, efi_status(efi), "cannot measure its %s, for PCR %u, into the %s: %s",
		    m->what, m->pcr, name, efi_words(efi));
}

enum status platform_measure(const struct measurement *m, struct report *report)
{
	size_t bytes =
		sizeof(struct event) + (m->tag != 0 ? sizeof(struct tagged) : 0) + m->about.n;
	struct event *e = mem_alloc(bytes);
	enum status status = OK;

	if (e == NULL)
		return fail(report, E_NO_MEMORY, "no memory to measure its %s", m->what);
	fill(e, bytes, m);
	if (m->into & MEASURES_TPM)
		status = extend(tpm, "TPM", e, m, report);
	if (status == OK && m->into & MEASURES_CC)
		status = extend(cc, "registers of the confidential guest", e, m, report);
	mem_free(e, bytes);
	return status;
}
