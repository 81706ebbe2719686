/* What stands against a boot that would be tried all the same. */
#ifndef HOST_REMARKS_H
#define HOST_REMARKS_H

struct host_menu;

/* Tells in the report of each initrd in the menu that does not begin as one. */
void remark_initrds(struct host_menu *);

/* Tells in the report when entry number I has no initrd while modules of its version are there,
 * which its kernel may want to find its root with. */
void remark_modules(struct host_menu *, unsigned i);

#endif
