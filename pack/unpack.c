/* BOOTX64.EFI or BOOTAA64.EFI, which is FILE: unpacks the loader that it carries, and calls it.
 * pack/format.h says how it is packed. CALLS is the processor's function of pack/calls.h. */
#include <stdint.h>

#include "base/bytes.h"
#include "efi/efi.h"
#include "efi/processor.h"
#include "pack/calls.h"
#include "pack/expand.h"
#include "pack/layout.h"

#define COPY_IT  "Copy it to the host's directory again."
#define UNPACKED "Put partless.efi, the loader as it is, in its place."

typedef EFI_STATUS EFIAPI entry_fn(EFI_HANDLE, EFI_SYSTEM_TABLE *);

entry_fn efi_main;

/* The program PACKED, which pack/compress.c laid out and packed. */
extern const unsigned char packed[], packed_end[];
__asm__(".pushsection .rodata.packed, \"a\"\n"
	"packed: .incbin \"" PACKED "\"\n"
	"packed_end:\n"
	".popsection");

/* EFI_MEMORY_ATTRIBUTE_PROTOCOL, UEFI specification, 37.7. The name is our own: gnu-efi has
 * EFI_MEMORY_RO from 3.0.18 on. */
#define MEMORY_RO 0x20000
struct attributes {
	EFI_STATUS(EFIAPI *get)(struct attributes *, EFI_PHYSICAL_ADDRESS, UINT64 bytes, UINT64 *);
	EFI_STATUS(EFIAPI *set)(struct attributes *, EFI_PHYSICAL_ADDRESS, UINT64 bytes, UINT64);
	EFI_STATUS(EFIAPI *clear)(struct attributes *, EFI_PHYSICAL_ADDRESS, UINT64 bytes, UINT64);
};

/* The loader, unpacked in memory. */
struct program {
	size_t size;
	UINT64 bytes; /* of its pages */
	union {
		unsigned char *at;
		const struct layout *layout; /* it begins with that */
	};
};

static void say(const char *text)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *console = system_table->ConOut;
	CHAR16 letter[2] = {0};

	for (; *text != '\0'; text++) {
		letter[0] = (CHAR16)*text;
		console->OutputString(console, letter);
	}
}

/* Prints WHAT went wrong and what to do. Returns STATUS. */
static EFI_STATUS refuse(EFI_STATUS status, const char *what, const char *advice)
{
	say(FILE ": ");
	say(what);
	say(": ");
	say(efi_words(status));
	say(". ");
	say(advice);
	say("\r\n");
	return status;
}

/* Relocates the program. False when a relocation lies outside of it. */
static bool move(const struct program *p)
{
	size_t end = get_le32(p->layout->move_end), at = 0;

	if (end > p->size)
		return false;
	for (size_t i = get_le32(p->layout->moves); i < end; i += sizeof(le32)) {
		at += get_le32(*(const le32 *)(p->at + i));
		if (at > p->size - sizeof(uint64_t))
			return false;
		*(uint64_t *)(p->at + at) += (uintptr_t)p->at;
	}
	return true;
}

static bool unpack(const struct program *p)
{
	size_t entry, code, code_end;

	if (p->size < sizeof(struct layout) ||
	    !expand(packed, (size_t)(packed_end - packed), p->at) || !move(p))
		return false;
	entry = get_le32(p->layout->entry);
	code = get_le32(p->layout->code);
	code_end = get_le32(p->layout->code_end);
	if (entry < code || entry >= code_end || code_end > p->size)
		return false;
	CALLS(p->at + code, code_end - code, DISTANCES);
	processor_code_written(p->at, code_end);
	return true;
}

/* The memory attribute protocol: firmware that has it may refuse to execute memory that can be
 * written. NULL when there is none. */
static struct attributes *find_attributes(void)
{
	static const EFI_GUID guid = MEMORY_ATTRIBUTE_GUID;

	return efi_locate(&guid);
}

/* Makes the code executable and not writable, once it is complete: no memory is ever both. */
static EFI_STATUS allow(const struct program *p, struct attributes *a)
{
	EFI_PHYSICAL_ADDRESS code = (EFI_PHYSICAL_ADDRESS)p->at + get_le32(p->layout->code);
	UINT64 bytes = get_le32(p->layout->code_end) - get_le32(p->layout->code);
	EFI_STATUS status = a->set(a, code, bytes, MEMORY_RO);

	return EFI_ERROR(status) ? status : a->clear(a, code, bytes, EFI_MEMORY_XP);
}

/* Gives the pages the attributes they had BEFORE. The firmware does not do so when they are freed,
 * and code that is loaded there later could not be executed. */
static void unprotect(const struct program *p, struct attributes *a, UINT64 before)
{
	EFI_PHYSICAL_ADDRESS at = (EFI_PHYSICAL_ADDRESS)p->at;

	a->clear(a, at, p->bytes, (MEMORY_RO | EFI_MEMORY_XP) & ~before);
	if (before & EFI_MEMORY_XP)
		a->set(a, at, p->bytes, EFI_MEMORY_XP);
}

static EFI_STATUS forbidden(EFI_STATUS status)
{
	return refuse(status, "the firmware does not let the loader in it run", UNPACKED);
}

/* Unpacks the loader, and calls it with our own image handle, so that it finds our options, path
 * and device. The memory may be executed as it is if A is NULL. */
static EFI_STATUS run(const struct program *p, struct attributes *a)
{
	EFI_STATUS status = EFI_SUCCESS;

	if (!unpack(p))
		return refuse(EFI_VOLUME_CORRUPTED, "the loader in it is damaged", COPY_IT);
	if (a != NULL)
		status = allow(p, a);
	if (EFI_ERROR(status))
		return forbidden(status);
	return ((entry_fn *)(p->at + get_le32(p->layout->entry)))(self, system_table);
}

/* The same where the firmware can protect memory: while it is written it cannot be executed. */
static EFI_STATUS run_protected(const struct program *p, struct attributes *a)
{
	EFI_PHYSICAL_ADDRESS at = (EFI_PHYSICAL_ADDRESS)p->at;
	UINT64 before = 0;
	EFI_STATUS status;

	if (EFI_ERROR(a->get(a, at, p->bytes, &before)))
		before = 0; /* the pages differ, or the firmware does not know */
	status = a->set(a, at, p->bytes, EFI_MEMORY_XP);
	status = EFI_ERROR(status) ? forbidden(status) : run(p, a);
	unprotect(p, a, before);
	return status;
}

EFIAPI EFI_STATUS efi_main(EFI_HANDLE own, EFI_SYSTEM_TABLE *table)
{
	size_t size = expand_size(packed, (size_t)(packed_end - packed));
	UINTN pages = EFI_SIZE_TO_PAGES(size + EXPAND_MORE);
	EFI_PHYSICAL_ADDRESS at = 0;
	struct attributes *a;
	struct program p;
	EFI_STATUS status;

	self = own;
	system_table = table;
	boot_services = table->BootServices;
	status = boot_services->AllocatePages(AllocateAnyPages, EfiLoaderCode, pages, &at);
	if (EFI_ERROR(status))
		return refuse(status, "there is no room to unpack the loader",
			      "Give the machine more memory.");
	p = (struct program){size, pages * EFI_PAGE_SIZE, {(void *)at}};
	a = find_attributes();
	status = a != NULL ? run_protected(&p, a) : run(&p, NULL);
	boot_services->FreePages(at, pages);
	return status;
}
