/* Lies: fields of a valid file system that the input changes. */
#include "test/fuzz/lies.h"

static const uint64_t edges[] = {
	0,          1,          2,          3,          4,        5,        7,          8,
	10,         11,         12,         13,         16,       31,       32,         60,
	64,         96,         127,        128,        129,      255,      256,        511,
	512,        1023,       1024,       1025,       4095,     4096,     32767,      32768,
	32769,      65534,      65535,      65536,      1u << 20, 1u << 24, 0x7fffffff, 0x80000000,
	0xfffffffe, 0xffffffff, 0x4000,     0x41ed,     0x81a4,   0xa1ff,   0x80000,    0x81000,
	0x10000000, 0x10080000, 0x40080000, 0x40000000, 0x800,
};

struct lie take_lie(struct fuzz_input *in)
{
	struct lie lie = {.kind = (unsigned)fuzz_take(in, 1)};

	lie.which = (unsigned)fuzz_take(in, 1);
	lie.field = (unsigned)fuzz_take(in, 1);
	lie.record = (unsigned)fuzz_take(in, 1);
	lie.op = (unsigned)fuzz_take(in, 1);
	lie.value = (uint32_t)fuzz_take(in, 4);
	return lie;
}

uint64_t lie_value(const struct lie *lie, uint64_t old, const uint64_t others[2])
{
	switch (lie->op % 6) {
	case 0:
		return lie->value;
	case 1:
		return old + (uint64_t)(int64_t)(int8_t)lie->value;
	case 2:
		return edges[lie->value % COUNT(edges)];
	case 3:
		return others[0];
	case 4:
		return old ^ (uint64_t)1 << lie->value % 64;
	default:
		return others[1];
	}
}
