/* A plugin for QEMU's TCG that records when the guest reaches certain places. It knows a program by
 * the first bytes of its code, and a step of test/efi/probe.c by an instruction that does nothing.
 * It runs outside of the guest, so all loaders are measured alike. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* QEMU 7.2, docs/devel/tcg-plugins.rst, interface version 1. Debian does not ship its header. */
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void tb_trans_fn(uint64_t id, struct qemu_plugin_tb *tb);
typedef void tb_exec_fn(unsigned vcpu, void *data);
enum { NO_REGISTERS = 0, ADD_U64 = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_trans_fn *fn);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, tb_exec_fn *fn, int flags,
					  void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op, void *to,
					      uint64_t value);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv);

#define EXPORT __attribute__((visibility("default")))

/* The length of a mark, in bytes. A block of translated code may end before a mark does, so only
 * BYTES_LEAST must agree. QEMU also ends a block where a page of memory ends: if it has fewer bytes
 * than that, the block that goes on there must have the others. */
#define BYTES_MAX   32
#define BYTES_LEAST 6
#define MARKS_MAX   16

#define PAGE 4096

/* `nopl 0x504c00NN(%rax)`, as test/efi/probe.c has them. */
static const uint8_t step_nop[] = {0x0f, 0x1f, 0x80};
#define STEP_MAGIC 0x504c00u
#define STEPS      256

struct mark {
	char name[24];
	uint8_t bytes[BYTES_MAX];
	size_t n;
	uint64_t address; /* where it was reached last */
	uint64_t rest;    /* where a block goes on that was too short; 0: none was */
	size_t before;    /* the bytes that agreed before that */
};

EXPORT int qemu_plugin_version = 1;

static struct mark marks[MARKS_MAX];
static size_t marks_count;
static struct mark steps[STEPS];
static uint64_t instructions;
static bool counting;
static FILE *out;

static void record(unsigned vcpu, void *data)
{
	const struct mark *m = data;
	struct timespec now;

	(void)vcpu;
	clock_gettime(CLOCK_REALTIME, &now);
	fprintf(out, "%s %lld %llu %llx\n", m->name, now.tv_sec * 1000000000LL + now.tv_nsec,
		(unsigned long long)instructions, (unsigned long long)m->address);
}

/* Copies the first bytes of a block, BYTES_MAX at most. Returns how many. */
static size_t first_bytes(const struct qemu_plugin_tb *tb, uint8_t *bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb) && n < BYTES_MAX; i++) {
		const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t size = qemu_plugin_insn_size(insn);

		size = size < BYTES_MAX - n ? size : BYTES_MAX - n;
		memcpy(bytes + n, qemu_plugin_insn_data(insn), size);
		n += size;
	}
	return n;
}

/* True when the block of N bytes at ADDRESS has the bytes of the mark. */
static bool agrees(struct mark *m, uint64_t address, const uint8_t *bytes, size_t n)
{
	size_t from = m->rest == address ? m->before : 0;

	n = n < m->n - from ? n : m->n - from;
	if (n == 0 || memcmp(bytes, m->bytes + from, n) != 0)
		return false;
	if (from + n >= BYTES_LEAST)
		return true;
	m->rest = address + n;
	m->before = from + n;
	return false;
}

static struct mark *find(uint64_t address, const uint8_t *bytes, size_t n)
{
	uint32_t step;

	if (n >= 7 && memcmp(bytes, step_nop, sizeof(step_nop)) == 0) {
		memcpy(&step, bytes + sizeof(step_nop), sizeof(step));
		if (step >> 8 == STEP_MAGIC)
			return &steps[step % STEPS];
	}
	for (size_t i = 0; i < marks_count; i++) {
		if (agrees(&marks[i], address, bytes, n))
			return &marks[i];
	}
	return NULL;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	uint8_t bytes[BYTES_MAX];
	struct mark *m = find(qemu_plugin_tb_vaddr(tb), bytes, first_bytes(tb, bytes));

	(void)id;
	if (counting)
		qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &instructions,
							 qemu_plugin_tb_n_insns(tb));
	if (m == NULL)
		return;
	m->address = qemu_plugin_tb_vaddr(tb);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, record, NO_REGISTERS, m);
}

/* Adds the mark NAME:HEX. False when TEXT is not one, or there is no room. */
static bool add_mark(const char *text)
{
	struct mark *m = &marks[marks_count];
	const char *hex = strchr(text, ':');

	if (hex == NULL || marks_count == MARKS_MAX)
		return false;
	snprintf(m->name, sizeof(m->name), "%.*s", (int)(hex - text), text);
	for (hex++; m->n < BYTES_MAX && sscanf(hex, "%2hhx", &m->bytes[m->n]) == 1; hex += 2)
		m->n++;
	marks_count++;
	return m->n >= BYTES_LEAST;
}

/* Touches all memory that QEMU writes translated code to, before the guest starts; otherwise the
 * host would clear a huge page of it, which takes 5 ms, in the middle of some step. It is the only
 * memory that may be both written and executed. */
static bool touch_translator(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], may[5];
	unsigned long start, end;
	bool found = false;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, may) != 3 || strcmp(may, "rwxp") != 0)
			continue;
		found = true;
		for (volatile char *p = (char *)start; p < (char *)end; p += PAGE)
			*p = *p;
	}
	if (maps != NULL)
		fclose(maps);
	if (!found)
		fprintf(stderr,
			"marks: QEMU's memory for translated code is not in /proc/self/maps\n");
	return found;
}

/* Arguments: out=FILE; count=on, to count instructions; and mark=NAME:HEX, any number of times. */
EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv)
{
	static struct mark start = {.name = "start"};

	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) == 0)
			out = fopen(argv[i] + 4, "w");
		else if (strcmp(argv[i], "count=on") == 0)
			counting = true;
		else if (strncmp(argv[i], "mark=", 5) != 0 || !add_mark(argv[i] + 5))
			return -1;
	}
	if (out == NULL || !touch_translator())
		return -1;
	setvbuf(out, NULL, _IOLBF, 0);
	for (unsigned i = 0; i < STEPS; i++)
		snprintf(steps[i].name, sizeof(steps[i].name), "step%u", i);
	record(0, &start);
	if (counting || marks_count > 0) /* not otherwise, as it makes the translator slower */
		qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
