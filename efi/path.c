/* Device paths. */
#include "efi/path.h"

#include "base/mem.h"
#include "base/utf16.h"

#define END_BYTES sizeof(EFI_DEVICE_PATH)

static size_t node_bytes(const EFI_DEVICE_PATH *node)
{
	return node->Length[0] | (size_t)node->Length[1] << 8;
}

static void node_fill(EFI_DEVICE_PATH *node, UINT8 type, UINT8 subtype, size_t bytes)
{
	*node = (EFI_DEVICE_PATH){
		.Type = type,
		.SubType = subtype,
		.Length = {(UINT8)bytes, (UINT8)(bytes >> 8)},
	};
}

static void end_fill(void *at)
{
	node_fill(at, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, END_BYTES);
}

static bool is_end(const EFI_DEVICE_PATH *node)
{
	return (node->Type & 0x7f) == END_DEVICE_PATH_TYPE;
}

EFI_DEVICE_PATH *path_of(EFI_HANDLE handle)
{
	static const EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

	return efi_protocol(handle, &guid);
}

EFI_DEVICE_PATH *path_next(EFI_DEVICE_PATH *node)
{
	EFI_DEVICE_PATH *next = (EFI_DEVICE_PATH *)((char *)node + node_bytes(node));

	return is_end(node) || is_end(next) ? NULL : next;
}

EFI_DEVICE_PATH *path_last(EFI_DEVICE_PATH *path)
{
	EFI_DEVICE_PATH *last = NULL;

	for (EFI_DEVICE_PATH *node = is_end(path) ? NULL : path; node != NULL;
	     node = path_next(node))
		last = node;
	return last;
}

size_t path_bytes(EFI_DEVICE_PATH *path)
{
	EFI_DEVICE_PATH *last = path_last(path);

	return last == NULL ? 0 : (size_t)((char *)last + node_bytes(last) - (char *)path);
}

bool path_starts(EFI_DEVICE_PATH *path, EFI_DEVICE_PATH *start)
{
	size_t n = path_bytes(start);

	return n <= path_bytes(path) && memcmp(path, start, n) == 0;
}

EFI_DEVICE_PATH *path_with_file(EFI_DEVICE_PATH *device, struct str file, size_t *bytes)
{
	size_t before = device == NULL ? 0 : path_bytes(device);
	size_t units = utf16_from(file, NULL, 0);
	size_t node = sizeof(EFI_DEVICE_PATH) + (units + 1) * sizeof(CHAR16);
	char *path;
	uint16_t *name;

	*bytes = before + node + END_BYTES;
	path = node > UINT16_MAX ? NULL : mem_alloc(*bytes);
	if (path == NULL)
		return NULL;
	if (before != 0)
		memcpy(path, device, before);
	node_fill((EFI_DEVICE_PATH *)(path + before), MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, node);
	name = (uint16_t *)(path + before + sizeof(EFI_DEVICE_PATH));
	utf16_from(file, name, units);
	for (size_t i = 0; i < units; i++)
		name[i] = name[i] == '/' ? '\\' : name[i];
	name[units] = 0;
	end_fill(path + before + node);
	return (EFI_DEVICE_PATH *)path;
}

EFI_DEVICE_PATH *path_of_node(const EFI_DEVICE_PATH *node, size_t *bytes)
{
	size_t before = node_bytes(node);
	char *path;

	*bytes = before + END_BYTES;
	path = mem_alloc(*bytes);
	if (path == NULL)
		return NULL;
	memcpy(path, node, before);
	end_fill(path + before);
	return (EFI_DEVICE_PATH *)path;
}

struct str path_url(const EFI_DEVICE_PATH *node)
{
	if (node->Type != MESSAGING_DEVICE_PATH || node->SubType != MSG_URI_DP)
		return S("");
	return (struct str){(const char *)(node + 1), node_bytes(node) - sizeof(*node)};
}

EFI_DEVICE_PATH *path_of_url(struct str url, size_t *bytes)
{
	size_t node = sizeof(EFI_DEVICE_PATH) + url.n;
	char *path;

	*bytes = node + END_BYTES;
	path = node > UINT16_MAX ? NULL : mem_alloc(*bytes);
	if (path == NULL)
		return NULL;
	node_fill((EFI_DEVICE_PATH *)path, MESSAGING_DEVICE_PATH, MSG_URI_DP, node);
	memcpy(path + sizeof(EFI_DEVICE_PATH), url.p, url.n);
	end_fill(path + node);
	return (EFI_DEVICE_PATH *)path;
}
