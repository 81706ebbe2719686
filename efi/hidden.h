/* What the compiler reads before each source of an EFI program: no name comes from another one. A
 * function elsewhere would else be found through a table (GOT) that ld for PE does not make: it
 * links without a word, and the call goes astray. */
#pragma GCC visibility push(hidden)
