/* BOOTX64.EFI: unpacks the loader that it carries, and goes on in that. */
#include <stdint.h>

#include "base/bytes.h"
#include "efi/efi.h"
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

/* EFI_MEMORY_ATTRIBUTE_PROTOCOL. The name is our own: gnu-efi has EFI_MEMORY_RO from 3.0.18 on. */
#define MEMORY_RO 0x20000
typedef EFI_STATUS EFIAPI attributes_fn(void *self, EFI_PHYSICAL_ADDRESS, UINT64 bytes,
					UINT64 attributes);
struct attributes {
	void *get;
	attributes_fn *set, *clear;
};

/* The loader in memory. */
struct program {
	size_t size;
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

/* Says WHAT went wrong and what to do; gives STATUS back. */
static EFI_STATUS refuse(EFI_STATUS status, const char *what, const char *advice)
{
	say("BOOTX64.EFI: ");
	say(what);
	say(": ");
	say(efi_words(status));
	say(". ");
	say(advice);
	say("\r\n");
	return status;
}

/* False when the layout tells of what is not there. */
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
	size_t entry, code_end;

	if (p->size < sizeof(struct layout) ||
	    !expand(packed, (size_t)(packed_end - packed), p->at) || !move(p))
		return false;
	entry = get_le32(p->layout->entry);
	code_end = get_le32(p->layout->code_end);
	return entry >= get_le32(p->layout->code) && entry < code_end && code_end <= p->size;
}

/* Where the firmware watches over what is executed, the code is executed and not written, and what
 * follows it is written and not executed. With WATCHED false all may be written again, as what is
 * given back has to be. */
static EFI_STATUS protect(const struct program *p, bool watched)
{
	static const EFI_GUID guid = MEMORY_ATTRIBUTE_GUID;
	EFI_PHYSICAL_ADDRESS code = (EFI_PHYSICAL_ADDRESS)p->at + get_le32(p->layout->code);
	UINT64 bytes = get_le32(p->layout->code_end) - get_le32(p->layout->code);
	UINT64 rest = EFI_SIZE_TO_PAGES(p->size) * EFI_PAGE_SIZE - get_le32(p->layout->code_end);
	struct attributes *a;
	EFI_STATUS status;

	if (EFI_ERROR(boot_services->LocateProtocol((EFI_GUID *)&guid, NULL, (void **)&a)))
		return EFI_SUCCESS;
	if (!watched)
		return a->clear(a, code, bytes, MEMORY_RO);
	status = a->set(a, code + bytes, rest, EFI_MEMORY_XP);
	if (!EFI_ERROR(status))
		status = a->set(a, code, bytes, MEMORY_RO);
	if (!EFI_ERROR(status))
		status = a->clear(a, code, bytes, EFI_MEMORY_XP);
	return status;
}

/* Runs it as if the firmware had loaded it: in our name, with our options, path and device. */
static EFI_STATUS run(const struct program *p)
{
	EFI_STATUS status;

	if (!unpack(p))
		return refuse(EFI_VOLUME_CORRUPTED, "the loader in it is damaged", COPY_IT);
	status = protect(p, true);
	status =
		EFI_ERROR(status)
			? refuse(status, "the firmware does not let the loader in it run", UNPACKED)
			: ((entry_fn *)(p->at + get_le32(p->layout->entry)))(self, system_table);
	protect(p, false);
	return status;
}

EFIAPI EFI_STATUS efi_main(EFI_HANDLE own, EFI_SYSTEM_TABLE *table)
{
	size_t size = expand_size(packed, (size_t)(packed_end - packed));
	EFI_PHYSICAL_ADDRESS at = 0;
	EFI_STATUS status;

	self = own;
	system_table = table;
	boot_services = table->BootServices;
	status = boot_services->AllocatePages(AllocateAnyPages, EfiLoaderCode,
					      EFI_SIZE_TO_PAGES(size + EXPAND_MORE), &at);
	if (EFI_ERROR(status))
		return refuse(status, "there is no room to unpack the loader",
			      "Give the machine more memory.");
	status = run(&(struct program){size, {(void *)at}});
	boot_services->FreePages(at, EFI_SIZE_TO_PAGES(size + EXPAND_MORE));
	return status;
}
