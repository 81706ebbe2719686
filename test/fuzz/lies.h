/* Lies: fields of a valid file system that the input changes. */
#ifndef TEST_FUZZ_LIES_H
#define TEST_FUZZ_LIES_H

#include "test/fuzz/fuzz.h"

/* A number in a structure. */
struct field {
	uint16_t at;
	uint8_t bytes;
};

/* The field NAME of a structure of fs/. */
#define FIELD_OF(type, name)                                                           \
	{                                                                              \
		offsetof(struct type, name), (uint8_t)sizeof(((struct type *)0)->name) \
	}
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* One lie: what stands where, and what shall stand there. */
struct lie {
	unsigned kind, which, field, record, op;
	uint32_t value;
};

/* The most that are told of one disk, and of the records that one is told of. */
#define LIES_MOST    64
#define RECORDS_MOST 64

struct lie take_lie(struct fuzz_input *);

/* What shall stand where OLD stands; OTHERS are two numbers that mean something on this disk. */
uint64_t lie_value(const struct lie *, uint64_t old, const uint64_t others[2]);

#endif
