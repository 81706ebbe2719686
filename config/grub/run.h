/* GRUB's script language. A grub.cfg is a program; running it yields the menu:
 *
 *   text --lex.c--> tokens --words.c--> words --run.c--> commands
 *                                                           |
 *                         set, if, search, load_env, ...: act at once
 *                         menuentry: keeps its title and its body, a struct grub_item
 *                                                           |
 *   the script has ended --menu.c--> each body is run --> struct grub_boot --> struct entry
 *
 * Text and tokens. There is no syntax tree. A lexer is a place in the text, so a copy of it is
 * enough to come back: for the next round of a loop, a function, the body of an entry. Each line,
 * with the blocks that it opens, is parsed twice: first to see whether it is complete, then to run
 * it. A line that GRUB's grammar does not allow is reported and skipped.
 *
 * Words. A token becomes words just before its command runs: quotes are removed, variables and
 * file names put in. The words of all running commands lie on one stack (words.h).
 *
 * Commands. commands.c looks the first word up in its tables, then among the script's functions.
 * The result is $?, which `if` and `while` test. A command that nobody knows is reported, and $?
 * is 0, as in GRUB. Commands that only paint or wait do nothing and succeed.
 *
 * What cannot be known. The loader and `partless check` must read the same menu, and they see only
 * the disks. A command that asks for more (the clock, SMBIOS, EFI variables) fails, sets no
 * variable, and is reported once (values.h). So an `if` takes the branch that it takes in GRUB when
 * the command fails.
 *
 * Entries. GRUB runs a body when somebody chooses the entry. Partless runs all of them as soon as
 * the script has ended, each in variables of its own, to see what it would boot. The body of a
 * submenu adds entries, which are run in the same way.
 *
 * Frames. What differs between the script and a body is in struct grub_frame: the variables, the
 * menu that gets new entries, what is to be booted. run_item() and show_file() save the frame in
 * a local variable, begin a new one in its place, and put the old one back at the end.
 *
 * Budget. Scripts may be hostile, so every step costs work (grub_charge()). A body that uses its
 * share up spoils only its own entry. A script that does so ends there, and the entries that it
 * has made so far are shown.
 *
 * Saving. GRUB's save_env writes to the disk. Here each entry says what its body and the script
 * have saved, and the loader keeps that when it boots the entry (config/kept.h).
 *
 * The layers. Each calls those below it, and commands run scripts, which run commands:
 *
 *   grub.c                               a grub.cfg becomes a list of entries
 *   menu.c                               entries: their bodies are run, the default is chosen
 *   commands.c                           the table of commands
 *   simple.c                             the commands of a few lines each
 *   linux.c, search.c, load_env.c,
 *   include.c, bls.c, regexp.c, test.c,
 *   values.c                             the other commands
 *   options.c                            the options of a command
 *   run.c                                a script: lines, blocks, functions, $?
 *   words.c, lex.c                       words and quotes
 *   blocks.c                             environment blocks, and what is saved to them
 *   variables.c, envblk.c, number.c,
 *   file.c                               variables, environment blocks, numbers, (hd0,1)/paths
 */
#ifndef CONFIG_GRUB_RUN_H
#define CONFIG_GRUB_RUN_H

#include "config/grub/bounds.h"
#include "config/grub/lex.h"
#include "config/grub/result.h"
#include "config/grub/variables.h"
#include "config/parse.h"

/* A file that is run as part of the script. */
struct grub_file {
	struct grub_file *up; /* the file that includes it; NULL for the first */
	struct volume *volume;
	struct str path;
	bool bls; /* an entry of the Boot Loader Specification: path_find() finds its files */
};

/* The words of a running command, after its name. */
struct grub_args {
	struct str name;
	int variant; /* which command it is, where one function serves several: commands.h */
	struct str *v;
	unsigned n;
	const struct lexer *block; /* at the '{' behind the words; NULL: no block follows */
};

/* The positional parameters: $1, $#, $@. V is NULL outside of functions and entries. */
struct grub_scope {
	struct str *v;
	unsigned n;
};

/* A block of the script that is run later: the body of a function or an entry. */
struct grub_code {
	struct lexer at;        /* its token is the '{' */
	struct grub_file *file; /* the file that holds the block; it lives as long as the script */
};

struct grub_function {
	struct grub_function *next;
	struct str name;
	struct grub_code code;
};

/* A menuentry or submenu command, kept until its body is run. */
struct grub_item {
	struct grub_item *next;
	struct str title, id;
	struct grub_scope args;
	struct grub_code code;
	bool submenu;
	bool found;          /* all files that it boots exist */
	struct entry *entry; /* made of it; of a submenu its default; NULL: an empty submenu */
};

struct grub_menu {
	struct grub_item *first, *last;
	unsigned count;
};

/* What a body, or the script outside of bodies, is about to boot. */
struct grub_boot {
	bool loaded; /* a kernel or EFI program was named */
	bool found;  /* it and all its initrds exist */
	enum entry_kind kind;
	struct volume *volume; /* NULL: the script names a device that is not here */
	struct str path, options;
	struct str initrd[ENTRY_INITRDS];
	unsigned initrds;
	struct str other; /* a command that starts something else, with its first argument */
	const struct grub_boot *outer; /* the same of the submenu or script around this entry */
	bool searched;                 /* the last `search` found its file system */
	struct str missing; /* what the last `search` did not find, as a sentence; "": it did */
	struct str missing_path; /* the file and line of that search */
	unsigned missing_line;
	struct str problem; /* what is wrong with an initrd or the script, as a sentence */
	struct str failed;  /* the file that `source` or `configfile` could not read, and why */
	struct entry *menu; /* the default of the menu that the body showed; NULL: it showed none */
	bool menu_found;
};

/* A line for the report that may explain why a script yields no entry. It is kept until the script
 * has ended, and dropped if there are entries. */
struct grub_reason {
	struct str path;
	unsigned line;
	struct str text;
	bool search; /* about a failed search: dropped when a later search succeeds */
};

/* What differs between the script, the body of an entry or submenu, and a file that shows a menu of
 * its own. Whoever starts one of these keeps a copy of the frame and puts it back at the end. */
struct grub_frame {
	struct grub_env *env;
	struct grub_menu *menu; /* where entries are added; NULL in the body of an entry */
	struct grub_boot *boot; /* what is to be booted */
	struct str title, id; /* of the entry, behind those of its submenus; empty in the script */
	const struct grub_block *blocks; /* the environment blocks: blocks.h */
};

struct grub {
	struct parse *p;
	struct arena heap; /* lives as long as the script runs */
	struct places places;
	struct grub_function *functions;
	struct grub_scope scope;
	struct grub_frame frame;
	struct grub_file *file;
	unsigned line;         /* of the running command, in `file` */
	char *low;             /* free bytes: the words of running commands grow up from here */
	struct str *high;      /* and the list of them grows down from here */
	size_t work, work_max; /* done so far, and allowed: grub_charge() */
	unsigned nesting, includes; /* levels at present; files read so far */
	int result;                 /* $? */
	unsigned loops, breaks;     /* loops around the command; how many of them end */
	bool is_continue;           /* of those the outermost goes on with its next round */
	bool returning;             /* `return` ends the function or body */
	bool stopped;               /* `exit`, `boot` or the like ended the script */
	enum status status;         /* if not OK, it ended the script, and was reported */
	bool fedora;                /* Fedora's dialect: docs/grub.md */
	bool confirmed;             /* the guest writes to its block after each boot: blocks.h */
	bool once;                  /* a one-shot choice in grubenv counts */
	bool asked;                 /* grubenv has one */
	const struct grub_block *kept_of;    /* the blocks of which grub_blocks_kept() made... */
	const struct kept *kept;             /* ...this list */
	struct str statements[CONFIG_NOTES]; /* unknown and unanswered commands: reported once */
	unsigned told;
	struct grub_reason reasons[CONFIG_NOTES];
	unsigned reasons_n;
};

/* True while the script, or the body, goes on. */
static inline bool grub_going(const struct grub *g)
{
	return g->status == OK && !g->stopped;
}

/* Adds WORK to what was used; ends the script or the body when that is too much. */
void grub_charge(struct grub *, size_t work);

/* Ends the script, or the body that runs, with E_LIMIT. WHY completes the sentence "FILE: ...: the
 * rest is not read". Does nothing when it has ended with a failure already. */
void grub_limit(struct grub *, const char *why);

/* grub_limit(), because the heap is full. */
void grub_no_room(struct grub *);

/* Keeps TEXT, which lives on the heap, as a reason why the script may yield no entry; SEARCH: it is
 * about a failed search. Only the first CONFIG_NOTES are kept. */
void grub_give_reason(struct grub *, struct str text, bool search);

/* Drops the reasons that are about failed searches. */
void grub_forget_searches(struct grub *);

/* Makes FILE the current one: reports name it from now on. */
void grub_enter(struct grub *, struct grub_file *);

/* The value of a variable, "" when it is not set; it lives until the variable is set again.
 * grub_set() copies VALUE, and ends the script when there is no room. */
struct str grub_get(struct grub *, struct str name);
void grub_set(struct grub *, struct str name, struct str value);

/* A copy on the heap; empty when there is no room: then the script ended. */
struct str grub_keep(struct grub *, struct str);

/* Runs TEXT, whose first line has the number LINE. TEXT must live as long as the script. Lines that
 * cannot be parsed are reported and skipped. */
void grub_run_text(struct grub *, struct str text, unsigned line);

/* Runs a kept block with SCOPE as its parameters. Returns $?. */
int grub_run_code(struct grub *, const struct grub_code *, struct grub_scope);

/* Runs the command whose name and arguments are the words in ARGS. Returns what $? becomes. */
int grub_command(struct grub *, struct grub_args *);

#endif
