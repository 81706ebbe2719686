/* What the disk says, decoded and checked: what all files of the XFS reader share. */
#ifndef FS_XFS_STATE_H
#define FS_XFS_STATE_H

#include "fs/inodes.h"
#include "fs/xfs/changes.h"
#include "fs/xfs/format.h"

/* The superblock: every number in it has been checked against the others and against the disk. */
struct xfs_super {
	uint64_t blocks; /* of the whole file system */
	uint64_t root;   /* inode */
	uint64_t log;    /* where the log begins, in blocks from the start of the disk */
	uint32_t log_blocks;
	uint32_t block_size;
	uint32_t ag_blocks; /* of each AG but the last */
	uint32_t ags;
	uint32_t inode_size;
	uint32_t dir_blocks;     /* in one block of a directory */
	unsigned block_bits;     /* log2 of block_size */
	unsigned ag_bits;        /* of a block number: the bits below the number of the AG */
	unsigned inode_bits;     /* log2 of inode_size */
	unsigned per_block_bits; /* log2 of the inodes in a block */
	bool v5;                 /* has checksums, and all that goes with them */
	bool ftype;              /* directories tell types */
	bool fold;               /* ascii-ci: names differ in more than case */
	uint32_t log_incompat;   /* what a reader of a log that is in use must know */
	uint8_t uuid[16];
	uint8_t meta_uuid[16]; /* what metadata is marked with */
	char label[12];
};

struct xfs_inode {
	struct inode base;
	uint8_t format; /* XFS_DINODE_FMT_ */
	bool realtime;
	uint32_t fork_size; /* bytes of the data fork */
	uint64_t extents;
	uint8_t fork[XFS_INODE_SIZE_MAX - XFS_DINODE_SIZE_OLD];
};

/* A step between two files, or in one, that Linux would end when it mounts. */
struct xfs_unfinished {
	uint64_t id;
	uint64_t inodes[2]; /* 0: none */
};

#define XFS_UNFINISHED_MOST 16

struct xfs {
	struct inodes base; /* first: a volume is our handle */
	struct xfs_super super;
	struct xfs_inode at;        /* base.at */
	struct xfs_changes changes; /* that a replay of the log would make */
	struct xfs_unfinished unfinished[XFS_UNFINISHED_MOST];
	struct inodes_large large; /* base.large */
};

#endif
