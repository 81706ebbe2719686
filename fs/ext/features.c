/* The features of ext4 that a reader must understand, by name, and which of them we read. */
#include "fs/ext/super.h"

static const struct feature {
	uint32_t bit;
	bool read;
	const char *name; /* as mke2fs spells it */
} features[] = {
	{EXT4_INCOMPAT_COMPRESSION, false, "compression"},
	{EXT4_INCOMPAT_FILETYPE, true, "filetype"},
	{EXT4_INCOMPAT_RECOVER, true, "needs_recovery"},
	{EXT4_INCOMPAT_JOURNAL_DEV, false, "journal_dev"},
	{EXT4_INCOMPAT_META_BG, true, "meta_bg"},
	{EXT4_INCOMPAT_EXTENTS, true, "extent"},
	{EXT4_INCOMPAT_64BIT, true, "64bit"},
	{EXT4_INCOMPAT_MMP, true, "mmp"},
	{EXT4_INCOMPAT_FLEX_BG, true, "flex_bg"},
	{EXT4_INCOMPAT_EA_INODE, true, "ea_inode"},
	{EXT4_INCOMPAT_DIRDATA, false, "dirdata"},
	{EXT4_INCOMPAT_CSUM_SEED, true, "metadata_csum_seed"},
	{EXT4_INCOMPAT_LARGEDIR, true, "large_dir"},
	{EXT4_INCOMPAT_INLINE_DATA, true, "inline_data"},
	{EXT4_INCOMPAT_ENCRYPT, true, "encrypt"},
	{EXT4_INCOMPAT_CASEFOLD, true, "casefold"},
};

#define FEATURES (sizeof(features) / sizeof(*features))

static const struct feature *feature_find(uint32_t bit)
{
	for (size_t i = 0; i < FEATURES; i++) {
		if (features[i].bit == bit)
			return &features[i];
	}
	return NULL;
}

enum status ext_features_check(struct report *r, uint32_t incompat)
{
	enum status status = OK;

	if (incompat & EXT4_INCOMPAT_JOURNAL_DEV)
		return fail(r, E_UNSUPPORTED,
			    "this disk is the external journal of a file system on another disk; "
			    "attach the file system that it belongs to");
	for (unsigned n = 0; n < 32; n++) {
		uint32_t bit = incompat & 1u << n;
		const struct feature *f = feature_find(bit);

		if (bit == 0 || (f != NULL && f->read))
			continue;
		if (f != NULL)
			status = fail(r, E_UNSUPPORTED, "the feature '%s' is not supported",
				      f->name);
		else
			status = fail(r, E_UNSUPPORTED, "the feature with bit 0x%x is not known",
				      bit);
	}
	if (status != OK)
		note(r, "give the guest a /boot whose file system has only the features that "
			"filesystems.md lists");
	return status;
}

const char *ext_features_type(const struct ext_super *s)
{
	const uint32_t ext3_incompat =
		EXT4_INCOMPAT_FILETYPE | EXT4_INCOMPAT_RECOVER | EXT4_INCOMPAT_META_BG;
	const uint32_t ext3_ro_compat =
		EXT4_RO_COMPAT_SPARSE_SUPER | EXT4_RO_COMPAT_LARGE_FILE | EXT4_RO_COMPAT_BTREE_DIR;

	if (s->incompat & ~ext3_incompat || s->ro_compat & ~ext3_ro_compat)
		return "ext4";
	return s->compat & EXT4_COMPAT_HAS_JOURNAL ? "ext3" : "ext2";
}
