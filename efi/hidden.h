/* The compiler reads this before each source of an EFI program. It says that every name is defined
 * in this program itself. Else a call into another file would go through a table (the GOT), which
 * ld does not make for PE: the program would link without an error, and the call go astray. */
#pragma GCC visibility push(hidden)
