/* Calls, written so that they pack better. A call names the function by its distance from the
 * call, so two calls of one function differ. In a packed program a call names the place of the
 * function, counted from where the code begins: calls of one function are alike, and each but the
 * first is packed into a match. Addresses of data on 64-bit Arm, which are distances too, are
 * written in the same way. */
#ifndef PACK_CALLS_H
#define PACK_CALLS_H

#include <stddef.h>

/* What calls name: PLACES in a packed program, DISTANCES where it runs. */
enum calls { PLACES, DISTANCES };

/* Makes the calls in the N bytes CODE name what TO says; they named the other before. N is less
 * than 2^31. Doing the one and then the other gives the bytes that were there, whatever they were:
 * some of what looks like a call is none. */
typedef void calls_fn(unsigned char *code, size_t n, enum calls to);

calls_fn x86_64_calls, aarch64_calls;

#endif
