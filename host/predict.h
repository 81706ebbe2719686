/* What a boot will leave in the registers of a TPM, or of a TDX guest: what the firmware, the
 * loader and the kernel's stub measure of it, one after the other. */
#ifndef HOST_PREDICT_H
#define HOST_PREDICT_H

#include "base/arena.h"
#include "host/digest.h"

struct host_menu;
struct plan;

/* The registers of a TPM that are predicted, in the order of their numbers, -1 behind the last. */
extern const int predicted_pcrs[];

/* RTMRs of a TDX guest that are predicted: 1 and 2. */
#define RTMRS 3

/* One event, as it will stand in the log. */
struct event {
	struct event *next;
	const char *by;   /* "firmware", "Partless" or "Linux" */
	const char *type; /* "EV_IPL" */
	unsigned pcr;     /* of a TPM; in a TDX guest it is the RTMR that this PCR stands for */
	struct str what;  /* for people; what a guest wrote may be in it */
	struct digest digest;
};

/* What was predicted. */
struct prediction {
	struct arena arena;
	struct event *events, **end;
	struct digest pcr[24], rtmr[RTMRS];
	bool without_loader; /* its file was not named: PCR 4 and RTMR 1 are not known */
	bool without_table;  /* nor PCR 5 and RTMR 1: the firmware may measure a partition table */
};

/* How the loader comes into the machine. */
struct predict_loader {
	const char *file; /* NULL: it was not named */
	bool direct;      /* it is the machine's -kernel */
};

/* Says that the machine measures into INTO, one of MEASURES_ in loader/platform.h. Boot files are
 * kept for measuring only if this was called before menu_open(). */
void predict_machine(unsigned into);

/* Predicts the boot of entry I of the menu, as PLAN has it. Fails, reported, when a file cannot be
 * read. The caller ends with predict_free(), also on failure. */
enum status predict(struct host_menu *, unsigned i, struct plan *, struct predict_loader,
		    struct prediction *);
void predict_free(struct prediction *);

/* False when the value of that register is not known. PCR and RTMR are numbers of predicted ones.
 */
bool predict_knows_pcr(const struct prediction *, unsigned pcr);
bool predict_knows_rtmr(const struct prediction *, unsigned rtmr);

/* The RTMR that stands for a PCR (UEFI specification, 38.4.1). */
unsigned predict_rtmr(unsigned pcr);

#endif
