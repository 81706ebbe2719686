/* The loader's own directory on the host, as a volume: read through SimpleFileSystem. */
#include "efi/fat.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/utf16.h"
#include "base/utf8.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "loader/console.h"
#include "loader/progress.h"

/* Enough for any path that we read there, and for EFI_FILE_INFO with a name of 255 characters. */
#define PATH_UNITS 512
#define INFO_BYTES (sizeof(EFI_FILE_INFO) + 255 * sizeof(CHAR16))

/* The most bytes of one read. The firmware's drivers copy through a buffer of their own, of as many
 * bytes: larger reads would save nothing and cost memory. */
#define READ_MAX (16u << 20)

struct fat {
	struct volume volume;
	EFI_FILE *root;
};

union info {
	EFI_FILE_INFO info;
	char bytes[INFO_BYTES];
};

static enum status file_fail(struct volume *v, struct str path, EFI_STATUS efi)
{
	return fail(v->report, efi_status(efi), "%.*s on %.*s: %s", STR_ARG(path), STR_ARG(v->name),
		    efi_words(efi));
}

/* Opens a file and reads what it is into *INFO. Returns NULL, with the reason in *STATUS, when that
 * fails. A missing file is not reported. */
static EFI_FILE *file_open(struct volume *v, struct str path, union info *info, enum status *status)
{
	static const EFI_GUID info_guid = EFI_FILE_INFO_ID;
	struct fat *fat = (struct fat *)v;
	CHAR16 name[PATH_UNITS + 1];
	size_t n = utf16_from(path, name, PATH_UNITS);
	UINTN bytes = sizeof(*info);
	EFI_FILE *file = NULL;
	EFI_STATUS efi;

	if (n > PATH_UNITS) {
		*status = fail(v->report, E_LIMIT, "%.*s on %.*s: the path is too long",
			       STR_ARG(path), STR_ARG(v->name));
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		name[i] = name[i] == '/' ? '\\' : name[i];
	name[n] = 0;
	efi = fat->root->Open(fat->root, &file, name, EFI_FILE_MODE_READ, 0);
	if (!EFI_ERROR(efi)) {
		efi = file->GetInfo(file, (EFI_GUID *)&info_guid, &bytes, info);
		if (!EFI_ERROR(efi))
			return file;
		file->Close(file);
	}
	*status = efi == EFI_NOT_FOUND ? E_NOT_FOUND : file_fail(v, path, efi);
	return NULL;
}

static enum file_type info_type(const union info *info)
{
	return info->info.Attribute & EFI_FILE_DIRECTORY ? FILE_DIRECTORY : FILE_REGULAR;
}

static enum status fat_info(struct volume *v, struct str path, bool follow, struct file_info *out)
{
	union info info = {0};
	enum status status = OK;
	EFI_FILE *file = file_open(v, path, &info, &status);

	(void)follow; /* FAT has no symlinks */
	if (file == NULL)
		return status;
	*out = (struct file_info){.type = info_type(&info), .size = info.info.FileSize};
	file->Close(file);
	return OK;
}

static enum status file_read(struct volume *v, struct str path, EFI_FILE *file, char *to,
			     size_t bytes)
{
	while (bytes > 0) {
		UINTN n = block_watch_next(bytes < READ_MAX ? bytes : READ_MAX);
		uint64_t begun = clock_ticks();
		EFI_STATUS efi = file->Read(file, &n, to);

		if (EFI_ERROR(efi))
			return file_fail(v, path, efi);
		if (n == 0)
			return fail(v->report, E_IO, "%.*s on %.*s: the file ended early",
				    STR_ARG(path), STR_ARG(v->name));
		progress_saw(n, clock_ticks() - begun);
		block_watch_done(n);
		to += n;
		bytes -= n;
	}
	return OK;
}

static enum status fat_read(struct volume *v, struct str path, uint64_t offset, void *to,
			    size_t bytes)
{
	union info info = {0};
	enum status status = OK;
	EFI_FILE *file = file_open(v, path, &info, &status);

	if (file == NULL)
		return status;
	if (info_type(&info) != FILE_REGULAR)
		status = fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is a directory, not a file",
			      STR_ARG(path), STR_ARG(v->name));
	else if (offset > info.info.FileSize || bytes > info.info.FileSize - offset)
		status = fail(v->report, E_LIMIT,
			      "%.*s on %.*s ends after %lu bytes: cannot read %zu from byte %lu on",
			      STR_ARG(path), STR_ARG(v->name), info.info.FileSize, bytes, offset);
	else if (file->SetPosition(file, offset) != EFI_SUCCESS)
		status = file_fail(v, path, EFI_DEVICE_ERROR);
	else
		status = file_read(v, path, file, to, bytes);
	file->Close(file);
	return status;
}

/* The name as UTF-8 in TO, cut to CAPACITY bytes. */
static struct str name_utf8(const CHAR16 *name, char *to, size_t capacity)
{
	size_t n = 0;

	for (; *name != 0 && n + 3 <= capacity; name++)
		n += utf8_encode(*name, to + n);
	return (struct str){to, n};
}

static enum status fat_list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	union info info = {0};
	enum status status = OK;
	EFI_FILE *dir = file_open(v, path, &info, &status);
	char buffer[3 * 256];

	if (dir == NULL)
		return status;
	if (info_type(&info) != FILE_DIRECTORY)
		status = fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is a file, not a directory",
			      STR_ARG(path), STR_ARG(v->name));
	while (status == OK) {
		UINTN bytes = sizeof(info);
		EFI_STATUS efi = dir->Read(dir, &bytes, &info);
		struct str name;

		if (EFI_ERROR(efi))
			status = file_fail(v, path, efi);
		if (EFI_ERROR(efi) || bytes == 0)
			break;
		name = name_utf8(info.info.FileName, buffer, sizeof(buffer));
		if (!str_eq(name, S(".")) && !str_eq(name, S("..")))
			status = fn(context, name, info_type(&info));
	}
	dir->Close(dir);
	return status;
}

static void fat_close(struct volume *v)
{
	struct fat *fat = (struct fat *)v;

	fat->root->Close(fat->root);
	mem_free(fat, sizeof(*fat));
}

enum status fat_open(EFI_HANDLE handle, struct report *report, struct volume **out)
{
	static const EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	static const struct volume_ops ops = {
		.info = fat_info,
		.read = fat_read,
		.list = fat_list,
		.close = fat_close,
	};
	EFI_FILE_IO_INTERFACE *io = handle == NULL ? NULL : efi_protocol(handle, &guid);
	struct fat *fat;
	EFI_STATUS efi;

	if (io == NULL)
		return E_NOT_FOUND;
	fat = mem_alloc(sizeof(*fat));
	if (fat == NULL)
		return fail(report, E_NO_MEMORY, "no memory to open the loader's own directory");
	*fat = (struct fat){
		.volume = {.ops = &ops,
			   .type = "FAT",
			   .name = S("the loader's directory"),
			   .report = report},
	};
	efi = io->OpenVolume(io, &fat->root);
	if (EFI_ERROR(efi)) {
		mem_free(fat, sizeof(*fat));
		return fail(report, efi_status(efi),
			    "the loader's own directory cannot be opened: %s", efi_words(efi));
	}
	*out = &fat->volume;
	return OK;
}
