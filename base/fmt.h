/* A small printf into a buffer. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/* Formats into BUF, at most CAP bytes, without a NUL at the end. Returns the length of the whole
 * text: more than CAP when it was cut. BUF may be NULL when CAP is 0. Knows %s %.*s %c %d %u %x and
 * their l and z forms, %%, a width and a leading zero; anything else is copied as it stands. A NULL
 * prints "(null)" for %s and nothing for %.*s. */
size_t fmt_va(char *buf, size_t cap, const char *fmt, va_list);

/* fmt_va() with the arguments in place. */
size_t fmt(char *buf, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
