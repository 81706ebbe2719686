/* One line of the boot menu, whatever language it was written in. */
#ifndef CONFIG_ENTRY_H
#define CONFIG_ENTRY_H

#include <stdbool.h>

#include "base/status.h"
#include "base/str.h"

struct arena;
struct kept;
struct volume;

/* The most initrds an entry may name, the most entries one volume may have, and the most seconds a
 * timeout may last. */
#define ENTRY_INITRDS 16
#define ENTRIES_MAX   512
#define TIMEOUT_MAX   86400

/* The bytes of a title or an id that are kept. */
#define TITLE_BYTES 255

enum entry_kind {
	ENTRY_LINUX, /* a kernel with an EFI stub: `linux` */
	ENTRY_EFI,   /* any other EFI program: `efi` */
};

/* All strings live in the arena that the configuration was read into. Paths are absolute on
 * `volume`, which is borrowed. */
struct entry {
	struct entry *next;
	enum entry_kind kind;
	struct str id;     /* unique among the entries of one menu */
	bool id_is_file;   /* it is the name of a file, as the Boot Loader Specification wants */
	size_t id_more;    /* bytes at its end that the loader added to tell it from another's */
	struct str title;  /* what a person reads */
	size_t title_more; /* the same, at the title's end */
	struct str version;
	struct str sort_key;
	struct volume *volume; /* holds the kernel and the initrds */
	struct str kernel;     /* the path of the kernel or EFI program */
	struct str initrd[ENTRY_INITRDS];
	unsigned initrds;
	bool initrd_told;          /* the report says already that the first is no initrd */
	struct str options;        /* the command line, one space between its parts */
	size_t host_options;       /* how many bytes of them the host added */
	struct str from;           /* the file that names the entry */
	const struct volume *menu; /* the volume of that file; borrowed */
	unsigned line;      /* its first line there, from 1; 0: `from` is a folder of kernels */
	struct str sought;  /* the failed search that may be why its files are missing; "": none */
	struct str problem; /* why it cannot boot; "" when nothing is known against it */

	/* It is started so many times only, until the guest calls a boot good: config/tries.h. */
	bool counted;
	uint64_t left; /* tries, when it is counted */

	/* What its boot file wants to be kept when the entry is started, and what instead when
	 * config->once was honoured (config/kept.h). */
	const struct kept *kept, *kept_once;
};

/* A place that is searched for boot files. */
struct config_place {
	const char *language; /* its name, as in the setting `config`: "grub" */
	const char *what;     /* what is looked for in the folder `path`; NULL: `path` is a file */
	const char *path;
};

/* A boot file, or a folder of them, that was read, and what came of it. */
struct boot_file {
	struct boot_file *next;
	struct config_place place;
	struct str from;    /* as in struct entry */
	enum status status; /* of reading it; what was wrong is in the report */
	unsigned entries;   /* as far as it was read */
	unsigned bootable;  /* those of them that can boot, as far as their files tell */
};

/* A text file that was parsed, if boot files are measured (loader/measure.h): all of its bytes. */
struct boot_text {
	struct boot_text *next;
	const struct volume *volume; /* borrowed */
	struct str path, bytes;
	bool measured;
};

/* What the boot files of one volume say. All zero is an empty configuration. */
struct config {
	struct entry *first, *last; /* in the order of the menu */
	unsigned count;
	struct str from;              /* the boot file that was read; "" when none was found */
	struct entry *default_entry;  /* the entry that the file names; NULL when it names none */
	const struct entry *once;     /* the default for the next boot only; NULL: none */
	const struct kept *kept;      /* what is to be kept whichever entry boots: config/kept.h */
	const struct kept *kept_once; /* the same when `once` is honoured */
	bool timeout_said;
	unsigned timeout;        /* seconds, when timeout_said */
	struct boot_file *files; /* the boot files that exist, up to the one that boots */
	struct boot_text *texts; /* what was parsed of them, in that order; no file twice */
	struct str aside;        /* a line to report only when nothing boots; "": none */
	bool unreadable;         /* the disk fails or is damaged where one of its boot files lies */
};

/* True when the entry was tried as often as it may be. It boots by itself only if no other does. */
bool entry_is_spent(const struct entry *);

/* True when at least one entry can boot, as far as its files tell. */
bool config_boots(const struct config *);

/* The entry's place in its file as ":12"; "" where E.line is 0. Written to BUF, which has room for
 * ENTRY_LINE_BYTES. */
#define ENTRY_LINE_BYTES 12
struct str entry_line(const struct entry *, char *buf);

/* True when the shell glob PATTERN matches TEXT, upper and lower case of ASCII alike. Never for a
 * pattern or text longer than GLOB_MAX bytes. */
#define GLOB_MAX 511
bool entry_text_match(struct str text, struct str pattern);

/* The same for an entry's id or title. */
bool entry_match(const struct entry *, struct str pattern);

#endif
