/* The compiler reads this before each source of an EFI program. It says that every name is defined
 * in this program itself, so that its address needs no table (GOT), which costs room. */
#pragma GCC visibility push(hidden)
