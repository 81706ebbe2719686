/* A small printf into a buffer. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/* Formats into BUF, at most CAP bytes with no NUL at the end, and returns how long the whole text
 * is: more than CAP when it was cut. Knows %s %.*s %c %d %u %x and their l and z forms, %%, a width
 * and a leading zero; anything else is copied as it stands. A NULL for %s prints "(null)". */
size_t fmt_va(char *buf, size_t cap, const char *fmt, va_list);

/* As fmt_va(). */
size_t fmt(char *buf, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
