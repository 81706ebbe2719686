/* The interpreter of GRUB's script language: what its parts share. Each layer calls those below it,
 * and commands run scripts, which run commands:
 *
 *   grub.c                               a grub.cfg becomes a list of entries
 *   menu.c                               entries: their bodies are run, the default is chosen
 *   commands.c                           the table of commands
 *   simple.c                             the commands of a few lines each
 *   linux.c, search.c, load_env.c,
 *   include.c, bls.c, regexp.c, test.c,
 *   values.c, options.c                  the other commands
 *   run.c                                a script: lines, blocks, functions, $?
 *   words.c, lex.c                       words and quotes
 *   variables.c, envblk.c, number.c,
 *   file.c                               variables, environment blocks, numbers, (hd0,1)/paths
 */
#ifndef CONFIG_GRUB_RUN_H
#define CONFIG_GRUB_RUN_H

#include "config/grub/lex.h"
#include "config/grub/result.h"
#include "config/grub/variables.h"
#include "config/parse.h"

/* Bounds, each of which ends the script, or an entry's body, with a sentence. Work is counted in
 * bytes of script read, words made, variables looked up and steps of a match, a look at a disk as
 * GRUB_WORK_DISK of them. Whatever is nested recurses: what GRUB_NESTING_MAX allows takes at most
 * 34 KiB of the firmware's stack, at -Os. */
#define GRUB_WORK_MAX     (64u << 20)
#define GRUB_WORK_ENTRY   (8u << 20) /* of one entry's body */
#define GRUB_WORK_DISK    8192
#define GRUB_NESTING_MAX  48           /* commands, functions, files, submenus, parts of a path */
#define GRUB_INCLUDES_MAX 128          /* files read */
#define GRUB_WORDS_MAX    (64u * 1024) /* bytes that the words of running commands take */
#define GRUB_HEAP_MAX     (8u << 20)   /* bytes of files, functions and menus */

/* A file of the script, and who reads it. */
struct grub_file {
	struct grub_file *up; /* the file that included it */
	struct volume *volume;
	struct str path;
	bool bls; /* an entry of the Boot Loader Specification: its paths are path_find()'s */
};

/* The words of a running command, after its name. */
struct grub_args {
	struct str name;
	int variant; /* of several commands that are one function: commands.h */
	struct str *v;
	unsigned n;
	const struct lexer *block; /* at the '{' behind them; NULL without one */
};

/* The positional parameters: $1, $#, $@. */
struct grub_scope {
	struct str *v;
	unsigned n;
};

/* A piece of the script, kept. */
struct grub_code {
	struct lexer at;        /* its first token is the next one */
	struct grub_file *file; /* where it stands; it lives as long as the script */
};

struct grub_function {
	struct grub_function *next;
	struct str name;
	struct grub_code code;
};

/* An entry of a menu before its body was run. */
struct grub_item {
	struct grub_item *next;
	struct str title, id;
	struct grub_scope args;
	struct grub_code code;
	bool submenu;
	bool found;          /* what it boots is on its volume */
	struct entry *entry; /* what it boots by itself; NULL when it is an empty submenu */
};

struct grub_menu {
	struct grub_item *first, *last;
	unsigned count;
};

/* What a body loads. */
struct grub_boot {
	bool loaded; /* a kernel or EFI program was named */
	bool found;  /* and it and its initrds are there */
	enum entry_kind kind;
	struct volume *volume; /* NULL: GRUB's name for it means none that is here */
	struct str path, options;
	struct str initrd[ENTRY_INITRDS];
	unsigned initrds;
	struct str other;              /* a command that starts what we cannot, and of what */
	const struct grub_boot *outer; /* what the menu loads that shows this entry */
	bool searched;                 /* the last search found its file system */
	struct str missing;            /* the file system that was last searched for in vain */
	struct str missing_path;       /* the script that did so, and the line */
	unsigned missing_line;
	struct str problem; /* what else stands against it */
	struct str failed;  /* the file that was to go on with, and why that failed */
	struct entry *menu; /* the default of the menu that the body showed; NULL when it did not */
	bool menu_found;
};

/* Why a script may yield no entry: a line for the report, kept until that is known. */
struct grub_reason {
	struct str path;
	unsigned line;
	struct str text;
	bool search; /* of a file system, in vain; the next one may find it */
};

/* What runs: the script, the body of an entry or submenu, or a file that shows a menu of its own.
 * Who begins something keeps a copy, sets what is new, and puts the copy back at the end. */
struct grub_frame {
	struct grub_env *env;
	struct grub_menu *menu; /* where entries are added; NULL in the body of an entry */
	struct grub_boot *boot; /* what the body loads */
	struct str title, id;   /* of the entry, with those of the submenus that it is in */
};

struct grub {
	struct parse *p;
	struct arena heap; /* lives as long as the script runs */
	struct places places;
	struct grub_function *functions;
	struct grub_scope scope;
	struct grub_frame frame;
	struct grub_file *file;
	unsigned line;    /* where the running command begins */
	char *low;        /* the words of running commands grow up from here */
	struct str *high; /* and their list grows down */
	size_t work, work_max;
	unsigned nesting, includes;
	int result; /* $? */
	unsigned loops, breaks;
	bool is_continue, returning;
	bool stopped;                        /* exit, boot and their like ended the script */
	enum status status;                  /* anything but OK ended it, and was told */
	bool fedora;                         /* the dialect of Fedora and its like: docs/grub.md */
	bool once;                           /* honours a one-shot choice in grubenv */
	bool asked;                          /* grubenv has one */
	uint32_t asked_hash;                 /* sum of the variables that ask */
	struct str statements[CONFIG_NOTES]; /* without an answer, or unknown: each told once */
	unsigned told;
	struct grub_reason reasons[CONFIG_NOTES];
	unsigned reasons_n;
};

/* True while the script goes on. */
static inline bool grub_going(const struct grub *g)
{
	return g->status == OK && !g->stopped;
}

/* Counts WORK. */
void grub_charge(struct grub *, size_t work);

/* Ends the script, or the body that runs, and tells why. */
void grub_limit(struct grub *, const char *why);

/* Ends the script for want of room on its heap. */
void grub_no_room(struct grub *);

/* Keeps TEXT, which lives on the heap, as a reason why the script may yield no entry. */
void grub_give_reason(struct grub *, struct str text, bool search);

/* Forgets the reasons that are searches. */
void grub_forget_searches(struct grub *);

/* Goes on in FILE, for whoever tells where he is. */
void grub_enter(struct grub *, struct grub_file *);

/* A variable of the script. */
struct str grub_get(struct grub *, struct str name);
void grub_set(struct grub *, struct str name, struct str value);

/* A copy on the heap; empty when the script ended for want of memory. */
struct str grub_keep(struct grub *, struct str);

/* Reads and runs all of a text, line by line as GRUB does: what it cannot parse costs the lines up
 * to there. */
void grub_run_text(struct grub *, struct str text, unsigned line);

/* Runs a kept piece with SCOPE as its parameters. */
int grub_run_code(struct grub *, const struct grub_code *, struct grub_scope);

/* Runs one command whose words are known. */
int grub_command(struct grub *, struct grub_args *);

#endif
