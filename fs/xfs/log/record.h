/* The log as a circle of records. */
#ifndef FS_XFS_LOG_RECORD_H
#define FS_XFS_LOG_RECORD_H

#include "fs/xfs/state.h"

/* The most bytes of a record's body, and the most blocks of its head. */
#define BODY_MOST   (256u * 1024)
#define HEADS_MOST  (BODY_MOST / XLOG_HEADER_CYCLE_SIZE)
#define RECORD_MOST (HEADS_MOST + BODY_MOST / BBSIZE)

/* The blocks of a record that Linux writes unless it is told otherwise, which one request reads. */
#define RECORD_USUAL (1 + XLOG_HEADER_CYCLE_SIZE / BBSIZE)

/* The log, counted in blocks of BBSIZE bytes. */
struct log {
	struct xfs *fs;
	uint64_t begin; /* byte of the disk */
	uint32_t blocks;
	uint32_t tail, head; /* what lies from tail to head is to be replayed */
	uint32_t at_once;    /* blocks that may be written at once */
	uint8_t *bytes;      /* room for RECORD_MOST blocks */
};

struct record {
	uint32_t at;     /* its first block */
	uint64_t lsn;    /* its number in the log */
	uint32_t heads;  /* blocks that come before its body */
	uint32_t blocks; /* of all of it */
	uint32_t tail;   /* the tail when it was written */
	uint32_t operations;
	uint32_t n;    /* bytes of its body */
	uint8_t *body; /* in log.bytes; NULL: not read */
	enum { CRC_GOOD, CRC_NONE, CRC_WRONG } crc;
};

/* The block N blocks behind AT, or before it, on the circle; how far TO is behind FROM. */
uint32_t log_behind(const struct log *, uint32_t at, uint32_t n);
uint32_t log_before(const struct log *, uint32_t at, uint32_t n);
uint32_t log_distance(const struct log *, uint32_t from, uint32_t to);

/* Reads N blocks from AT on, RECORD_MOST at most, into log.bytes. E_IO, E_LIMIT; reported. */
enum status log_read(const struct log *, uint32_t at, uint32_t n);

/* True when BLOCK is the first of a record's head. */
bool log_is_head(const uint8_t *block);

/* Fills in R, but not its body, from BLOCK, its first, which lies at AT. What is wrong with it, in
 * words; NULL when nothing is. */
const char *log_decode_head(const struct log *, uint32_t at, const uint8_t *block,
			    struct record *r);

/* Reads the record that begins at AT. *FAULT says what is wrong with it, but for its checksum; NULL
 * when nothing is. E_IO, E_LIMIT; reported. */
enum status log_record(const struct log *, uint32_t at, struct record *, const char **fault);

#endif
