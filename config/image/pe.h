/* What a boot needs to know about the files and volumes that it uses. The parts:
 *
 *   pe.c        a program, from its first bytes: may the firmware start it, and is it Linux?
 *   processors.c    the processors, and what is a Linux kernel for each; what they say: arch.h
 *   gzip.c, inflate.c    the same for a program that is packed
 *   initrd.c    a file, from its first bytes: is it an initrd?
 *   rootfs.c    volumes: which one is the root file system?
 */
#ifndef CONFIG_IMAGE_PE_H
#define CONFIG_IMAGE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Headers are looked for in so many bytes from the start of the file. */
#define PE_HEAD 4096

/* The most bytes of a program, also of one that is unpacked. */
#define PE_MAX (UINT64_C(512) << 20)

struct volume;

/* A file that may be a program. */
struct pe_file {
	const uint8_t *head; /* its first bytes */
	size_t n;            /* how many: PE_HEAD, or SIZE if that is less */
	uint64_t size;       /* bytes of the file */
	struct report *report;
	struct volume *volume; /* where more of it can be read; pe_check() reads nothing */
	struct str path;
};

/* Facts about an EFI program. */
struct pe {
	bool linux_kernel; /* carries the Linux boot header */
	bool unified;      /* a unified kernel image: carries a kernel in a section of its own */
	bool is_signed;    /* holds a signature, which may be good or not */
	bool loads_initrd; /* a kernel that asks the loader for its initrd (LoadFile2) */
	uint32_t cmdline_size; /* the most bytes of options, of a Linux kernel */
};

/* Checks the file. E_WRONG_TYPE when it is something else; E_UNSUPPORTED when it is for another
 * machine; E_CORRUPT when its headers contradict each other or ask for more than the file or the
 * program's memory has. Each is reported in words that follow the file's name. A firmware that
 * loads a program which passed writes only to the program's memory and calls only its code.
 * Relocations are not checked: they lie too far from the start. */
enum status pe_check(const struct pe_file *, struct pe *);

/* How much of a program's memory comes from its file, in bytes from the start of both. */
struct pe_outline {
	uint64_t stored; /* up to here memory holds the file */
	uint64_t used;   /* and from there up to here, zeros */
};

/* Changes HEAD, which is as in a struct pe_file, into a program without sections and data
 * directories: a firmware reserves the same memory for it, and copies only HEAD there. False, and
 * HEAD is unchanged, when the memory is not laid out as the file is, or when the firmware would
 * have to relocate the program. A Linux kernel needs none of the other directories, and relocates
 * itself (Documentation/arch/x86/boot.rst, relocatable_kernel). */
bool pe_outline(void *head, size_t n, struct pe_outline *);

/* Finds the section NAME, of at most 8 bytes: its place and size in the file, in bytes; false when
 * there is none. HEAD is as in a struct pe_file, but may be unchecked. The place may lie outside of
 * the file. */
bool pe_section(const void *head, size_t n, const char *name, uint64_t *offset, uint64_t *size);

#endif
