/* A configuration as text, for tests to compare. */
#ifndef TEST_UNIT_CONFIG_DUMP_H
#define TEST_UNIT_CONFIG_DUMP_H

#include "config/config.h"

/* The most bytes of a text that is compared. */
#define DUMP_MAX (1 << 20)

/* What C, read from HOME, and the report say; lives until the next call. */
const char *config_dump(const struct config *c, const struct volume *home, const struct report *);

/* Reads a file of the tree into BUF, DUMP_MAX bytes, with a NUL behind; returns its bytes. */
size_t read_text(const char *path, char *buf);

#endif
