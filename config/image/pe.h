/* What can be told of a program from its first bytes: may the firmware start it, and is it Linux?
 */
#ifndef CONFIG_IMAGE_PE_H
#define CONFIG_IMAGE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Headers are looked for in so many bytes from the start of the file. */
#define PE_HEAD 4096

/* An x86-64 EFI program. */
struct pe {
	bool linux_kernel; /* carries the Linux boot header */
	bool unified;      /* a unified kernel image: carries a kernel in a section of its own */
	bool loads_initrd; /* a kernel that asks the loader for its initrd (LoadFile2) */
	uint32_t cmdline_size; /* the most bytes of options, of a Linux kernel */
};

/* Checks HEAD, the first N bytes of a file of FILE_SIZE bytes; N is PE_HEAD, or FILE_SIZE if that
 * is less. E_WRONG_TYPE when it is something else, E_UNSUPPORTED when it is for another machine,
 * E_CORRUPT when its headers ask for more than the file or the program's memory has, or contradict
 * each other: each is reported, in words that follow the file's name. A program that passes does
 * not make a firmware write outside of that memory or call what is no code, relocations aside,
 * which lie too far behind. */
enum status pe_check(const void *head, size_t n, uint64_t file_size, struct report *, struct pe *);

/* How much of a program's memory comes from its file, in bytes from the beginning of both. */
struct pe_outline {
	uint64_t stored; /* these are the file's */
	uint64_t used;   /* and up to here they are zeros */
};

/* Makes of HEAD, as for pe_check(), a program without sections and data directories, for which a
 * firmware reserves the same memory and copies no more than HEAD into it. False, and HEAD stays,
 * when the memory is not laid out as the file is, or the firmware has to relocate the program. Of
 * the other directories a Linux kernel needs none; it relocates itself
 * (Documentation/arch/x86/boot.rst, relocatable_kernel). */
bool pe_outline(void *head, size_t n, struct pe_outline *);

/* Where the section NAME, 8 bytes at most, lies in the file; false when there is none. HEAD is what
 * pe_check() takes, and need not have been checked; the place may be outside of the file. */
bool pe_section(const void *head, size_t n, const char *name, uint64_t *offset, uint64_t *size);

#endif
