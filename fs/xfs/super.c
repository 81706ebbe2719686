/* The superblock, which describes the whole file system. It is used only if its numbers fit
 * together and if we know every feature. */
#include "fs/xfs/super.h"

#include "base/mem.h"
#include "fs/xfs/block.h"

#define BLOCK_BITS_MIN    9  /* 512 bytes */
#define BLOCK_BITS_MIN_V5 10 /* 1 KiB */
#define BLOCK_BITS_MAX    16 /* 64 KiB, also of a directory block */
#define SECTOR_BITS_MAX   15 /* 32 KiB */
#define INODE_BITS_MIN    8
#define INODE_BITS_MAX    11
#define AG_BLOCKS_MIN     64
#define LOG_BLOCKS_MAX    (1u << 20)
#define LOG_BYTES_MAX     ((uint64_t)2 << 30)

static enum status bad(struct report *r, const char *what)
{
	return fail(r, E_CORRUPT, "the superblock is damaged: its %s is impossible", what);
}

static enum status unknown(struct report *r, uint32_t bits, const char *of)
{
	return fail(r, E_UNSUPPORTED,
		    "it needs features that are not known (bits 0x%x%s); give the guest a /boot "
		    "whose file system has only the features that filesystems.md lists",
		    bits, of);
}

static enum status check_features(struct report *r, const struct xfs_dsb *raw, bool v5)
{
	uint32_t incompat = v5 ? get_be32(raw->sb_features_incompat) : 0;
	uint32_t features2 = get_be32(raw->sb_features2), version = get_be16(raw->sb_versionnum);

	if ((version & (XFS_SB_VERSION_DIRV2BIT | XFS_SB_VERSION_SHAREDBIT)) !=
	    XFS_SB_VERSION_DIRV2BIT)
		return fail(r, E_UNSUPPORTED, "it is of a kind that Linux does not read either");
	if (incompat & ~XFS_SB_FEAT_INCOMPAT_KNOWN)
		return unknown(r, incompat & ~XFS_SB_FEAT_INCOMPAT_KNOWN, "");
	if (!v5 && version & XFS_SB_VERSION_MOREBITSBIT && features2 & ~XFS_SB_VERSION2_KNOWN)
		return unknown(r, features2 & ~XFS_SB_VERSION2_KNOWN, " of features2");
	if (incompat & XFS_SB_FEAT_INCOMPAT_NEEDSREPAIR)
		return fail(r, E_UNSUPPORTED,
			    "it is marked as damaged ('needsrepair'), so that Linux does not mount "
			    "it: repair it with 'xfs_repair DEVICE'");
	return OK;
}

/* Decode one part each. Which number cannot be, in words; NULL when all fit together. */
static const char *decode_blocks(const struct xfs_dsb *raw, struct xfs_super *s)
{
	uint64_t most;

	s->block_bits = raw->sb_blocklog;
	s->block_size = get_be32(raw->sb_blocksize);
	if (s->block_bits < (s->v5 ? BLOCK_BITS_MIN_V5 : BLOCK_BITS_MIN) ||
	    s->block_bits > BLOCK_BITS_MAX || s->block_size != 1u << s->block_bits)
		return "size of a block";
	if (raw->sb_dirblklog > BLOCK_BITS_MAX - s->block_bits)
		return "size of a block of a directory";
	s->dir_blocks = 1u << raw->sb_dirblklog;
	s->blocks = get_be64(raw->sb_dblocks);
	if (s->blocks > UINT64_MAX >> s->block_bits)
		return "number of blocks";
	s->ag_blocks = get_be32(raw->sb_agblocks);
	s->ag_bits = raw->sb_agblklog;
	if (s->ag_blocks < AG_BLOCKS_MIN || s->ag_bits > 31 ||
	    (s->ag_blocks - 1) >> s->ag_bits != 0 || (s->ag_blocks - 1) >> (s->ag_bits - 1) == 0)
		return "size of a group";
	s->ags = get_be32(raw->sb_agcount);
	most = (uint64_t)s->ags * s->ag_blocks;
	return s->blocks > most || s->blocks + s->ag_blocks <= most ? "number of groups" : NULL;
}

static const char *decode_inodes(const struct xfs_dsb *raw, struct xfs_super *s)
{
	s->inode_bits = raw->sb_inodelog;
	s->inode_size = get_be16(raw->sb_inodesize);
	s->per_block_bits = raw->sb_inopblog;
	s->root = get_be64(raw->sb_rootino);
	return s->inode_bits < INODE_BITS_MIN || s->inode_bits > INODE_BITS_MAX ||
			       s->inode_size != 1u << s->inode_bits ||
			       s->inode_bits + s->per_block_bits != s->block_bits
		       ? "size of an inode"
		       : NULL;
}

static enum status decode(struct report *r, const struct xfs_dsb *raw, struct xfs_super *s)
{
	uint32_t version = get_be16(raw->sb_versionnum);
	uint32_t incompat = get_be32(raw->sb_features_incompat);
	const char *fault;
	bool meta_uuid = s->v5 && incompat & XFS_SB_FEAT_INCOMPAT_META_UUID;
	enum status status = check_features(r, raw, s->v5);

	if (status != OK)
		return status;
	s->ftype = s->v5 ? incompat & XFS_SB_FEAT_INCOMPAT_FTYPE
			 : version & XFS_SB_VERSION_MOREBITSBIT &&
				   get_be32(raw->sb_features2) & XFS_SB_VERSION2_FTYPE;
	s->log_incompat = s->v5 ? get_be32(raw->sb_features_log_incompat) : 0;
	s->fold = version & XFS_SB_VERSION_BORGBIT;
	memcpy(s->uuid, raw->sb_uuid, sizeof(s->uuid));
	memcpy(s->meta_uuid, meta_uuid ? raw->sb_meta_uuid : raw->sb_uuid, sizeof(s->meta_uuid));
	memcpy(s->label, raw->sb_fname, sizeof(s->label));
	fault = decode_blocks(raw, s);
	if (fault == NULL)
		fault = decode_inodes(raw, s);
	if (fault != NULL)
		return bad(r, fault);
	if (raw->sb_inprogress != 0)
		return fail(r, E_CORRUPT, "mkfs.xfs was stopped before it had made all of it");
	if (get_be64(raw->sb_logstart) == 0)
		return fail(
			r, E_UNSUPPORTED,
			"its log lies on another disk: give the guest a /boot whose file system "
			"has its log inside");
	s->log_blocks = get_be32(raw->sb_logblocks);
	if (s->log_blocks == 0 || s->log_blocks > LOG_BLOCKS_MAX ||
	    (uint64_t)s->log_blocks << s->block_bits > LOG_BYTES_MAX ||
	    !xfs_place(s, get_be64(raw->sb_logstart), s->log_blocks, &s->log))
		return bad(r, "place of the log");
	return OK;
}

/* Verifies the checksum, which is over a whole sector. */
static enum status check_sector(struct xfs *fs, uint32_t bytes)
{
	uint8_t *sector = mem_alloc(bytes);
	enum status status;

	if (sector == NULL)
		return fail(fs->base.vol.report, E_NO_MEMORY, "no memory for the superblock");
	status = xfs_read(&fs->base, 0, sector, bytes);
	if (status == OK && xfs_changes_first(&fs->changes, 0, bytes) == XFS_NOT_CHANGED &&
	    !xfs_crc_good(sector, bytes, offsetof(struct xfs_dsb, sb_crc)))
		status = fail(fs->base.vol.report, E_CORRUPT,
			      "the superblock is damaged: its checksum is wrong");
	mem_free(sector, bytes);
	return status;
}

enum status xfs_super_read(struct xfs *fs)
{
	struct report *r = fs->base.vol.report;
	struct xfs_dsb raw;
	uint32_t version, sector;
	enum status status;

	status = xfs_read(&fs->base, 0, &raw, sizeof(raw));
	if (status != OK)
		return status;
	sector = get_be16(raw.sb_sectsize);
	if (raw.sb_sectlog < BLOCK_BITS_MIN || raw.sb_sectlog > SECTOR_BITS_MAX ||
	    sector != 1u << raw.sb_sectlog)
		return bad(r, "size of a sector");
	version = get_be16(raw.sb_versionnum) & XFS_SB_VERSION_NUMBITS;
	if (version != 4 && version != 5)
		return fail(r, E_UNSUPPORTED, "it is of version %u; Partless reads 4 and 5",
			    version);
	fs->super.v5 = version == 5;
	status = fs->super.v5 ? check_sector(fs, sector) : OK;
	if (status == OK)
		status = decode(r, &raw, &fs->super);
	return status == OK ? inodes_check_disk(&fs->base, fs->super.blocks << fs->super.block_bits,
						"sectors", sector)
			    : status;
}
