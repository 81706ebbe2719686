/* The loader's directory on the server that the loader was fetched from, as a volume.
 *
 * The firmware still has what it used: for PXE the DHCP answer and a TFTP client, for HTTP boot the
 * URL, and LoadFile for another one. LoadFile asks DHCP again and fetches only what the server
 * calls an EFI application ("application/efi"); what the firmware prints meanwhile is its own.
 *
 * There is no reading from an offset. A file is fetched whole, and kept until the next one. */
#include "efi/net.h"

#include "base/mem.h"
#include "efi/path.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "loader/settings/boot_server.h"

#define NAME_MAX 512

/* The largest file whose size is found by reading it. */
#define UNASKED_MAX (1u << 20)

#define EFI_HTTP_ERROR EFIERR(35)

/* The answers to DHCP that PXE knows: a boot server's, a proxy's, and DHCP's own. */
#define ANSWERS 3

struct net {
	struct volume volume;
	EFI_PXE_BASE_CODE_PROTOCOL *pxe;
	EFI_LOAD_FILE_PROTOCOL *http; /* NULL: by PXE */
	EFI_IP_ADDRESS server;        /* for PXE */

	/* Its path or URL: nothing, or it ends in '/'. A copy, as LoadFile changes the original. */
	char directory[NAME_MAX];
	size_t directory_bytes;

	/* The file that was fetched last. */
	char path[NAME_MAX];
	size_t path_bytes;
	char *bytes;
	uint64_t size;
};

static EFI_STATUS tftp(struct net *net, EFI_PXE_BASE_CODE_TFTP_OPCODE what, struct str name,
		       void *to, UINT64 *size)
{
	return net->pxe->Mtftp(net->pxe, what, to, FALSE, size, NULL, &net->server, (UINT8 *)name.p,
			       NULL, FALSE);
}

/* Finds the size of a file by fetching it, since iPXE of 2019, in the ROM of QEMU's network cards,
 * does not ask for it. */
static EFI_STATUS size_by_reading(struct net *net, struct str name, UINT64 *size)
{
	void *bytes = mem_alloc(UNASKED_MAX);
	EFI_STATUS efi;

	if (bytes == NULL)
		return EFI_OUT_OF_RESOURCES;
	*size = UNASKED_MAX;
	efi = tftp(net, EFI_PXE_BASE_CODE_TFTP_READ_FILE, name, bytes, size);
	mem_free(bytes, UNASKED_MAX);
	return efi;
}

static EFI_STATUS by_pxe(struct net *net, struct str name, void *to, UINT64 *size)
{
	EFI_STATUS efi;

	if (to != NULL)
		return tftp(net, EFI_PXE_BASE_CODE_TFTP_READ_FILE, name, to, size);
	efi = tftp(net, EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE, name, NULL, size);
	return efi == EFI_UNSUPPORTED ? size_by_reading(net, name, size) : efi;
}

static EFI_STATUS by_http(struct net *net, struct str url, void *to, UINT64 *size)
{
	UINTN bytes = (UINTN)*size;
	size_t path_size;
	EFI_DEVICE_PATH *path = path_of_url(url, &path_size);
	EFI_STATUS efi;

	if (path == NULL)
		return EFI_OUT_OF_RESOURCES;
	efi = net->http->LoadFile(net->http, path, TRUE, &bytes, to);
	mem_free(path, path_size);
	*size = bytes;
	return to == NULL && efi == EFI_BUFFER_TOO_SMALL ? EFI_SUCCESS : efi;
}

/* The words of the TFTP server's refusal; "" when it has no such file. Not all firmware passes on
 * the number of the error. */
static struct str tftp_words(const EFI_PXE_BASE_CODE_MODE *mode)
{
	const char *said = (const char *)mode->TftpError.ErrorString;
	struct str words = {said, sizeof(mode->TftpError.ErrorString)};

	words.n = mode->TftpErrorReceived ? str_find(words, '\0') : 0;
	for (struct str at = words; at.n > 0; at = str_skip(at, 1)) {
		if (str_starts(at, S("not found")))
			return S("");
	}
	return words;
}

/* Why there is no file, in words; "" when the server has none. */
static struct str refusal(const struct net *net, EFI_STATUS efi)
{
	if (net->http == NULL && efi == EFI_TFTP_ERROR)
		return tftp_words(net->pxe->Mode);
	if (net->http != NULL && efi == EFI_NOT_FOUND)
		return S("the server does not call it \"application/efi\"");
	if (efi == EFI_NOT_FOUND || efi == EFI_HTTP_ERROR || efi == EFI_UNSUPPORTED)
		return S("");
	return str_of(efi_words(efi));
}

/* Reads the file PATH of *SIZE bytes into TO, or its size into *SIZE, which is 0, if TO is
 * NULL. A missing file is not reported. */
static enum status get(struct net *net, struct str path, void *to, UINT64 *size)
{
	char name[NAME_MAX + 1];
	size_t before = net->directory_bytes;
	struct str file = path.n > 0 && path.p[0] == '/' ? str_skip(path, 1) : path;
	struct str words;
	EFI_STATUS efi;

	if (before + file.n > NAME_MAX)
		return fail(net->volume.report, E_LIMIT, "%.*s on %.*s: the path is too long",
			    STR_ARG(path), STR_ARG(net->volume.name));
	memcpy(name, net->directory, before);
	memcpy(name + before, file.p, file.n);
	name[before + file.n] = '\0';
	efi = (net->http != NULL ? by_http : by_pxe)(net, (struct str){name, before + file.n}, to,
						     size);
	if (efi == EFI_SUCCESS)
		return OK;
	words = refusal(net, efi);
	if (words.n == 0)
		return E_NOT_FOUND;
	return fail(net->volume.report, efi == EFI_NOT_FOUND ? E_WRONG_TYPE : efi_status(efi),
		    "%.*s on %.*s: %.*s", STR_ARG(path), STR_ARG(net->volume.name), STR_ARG(words));
}

static bool is_kept(const struct net *net, struct str path)
{
	return net->bytes != NULL && str_eq(path, (struct str){net->path, net->path_bytes});
}

static void forget(struct net *net)
{
	mem_free(net->bytes, (size_t)net->size);
	net->bytes = NULL;
}

static enum status fetch(struct net *net, struct str path)
{
	UINT64 size = 0, got;
	enum status status;

	if (is_kept(net, path))
		return OK;
	forget(net);
	status = get(net, path, NULL, &size);
	if (status != OK)
		return status;
	net->bytes = mem_alloc((size_t)size);
	net->size = size;
	if (net->bytes == NULL)
		return fail(net->volume.report, E_NO_MEMORY,
			    "%.*s on %.*s: no memory for %lu bytes", STR_ARG(path),
			    STR_ARG(net->volume.name), size);
	got = size;
	status = get(net, path, net->bytes, &got);
	if (status == OK && got != size)
		status = fail(net->volume.report, E_IO,
			      "%.*s on %.*s: the file changed while it was read", STR_ARG(path),
			      STR_ARG(net->volume.name));
	if (status != OK) {
		forget(net);
		return status;
	}
	memcpy(net->path, path.p, path.n);
	net->path_bytes = path.n;
	return OK;
}

static enum status net_info(struct volume *v, struct str path, bool follow, struct file_info *out)
{
	struct net *net = (struct net *)v;
	UINT64 size = 0;
	enum status status = OK;

	if (is_kept(net, path))
		size = net->size;
	else
		status = get(net, path, NULL, &size);
	(void)follow; /* neither has symlinks */
	if (status == OK)
		*out = (struct file_info){.type = FILE_REGULAR, .size = size};
	return status;
}

static enum status net_read(struct volume *v, struct str path, uint64_t offset, void *to,
			    size_t bytes)
{
	struct net *net = (struct net *)v;
	enum status status = fetch(net, path);

	if (status != OK)
		return status;
	if (offset > net->size || bytes > net->size - offset)
		return fail(v->report, E_LIMIT,
			    "%.*s on %.*s ends after %lu bytes: cannot read %zu from byte %lu on",
			    STR_ARG(path), STR_ARG(v->name), net->size, bytes, offset);
	memcpy(to, net->bytes + offset, bytes);
	return OK;
}

static void net_close(struct volume *v)
{
	struct net *net = (struct net *)v;

	forget(net);
	mem_free(net, sizeof(*net));
}

/* Notes the directory of FILE. False when its name is too long. */
static bool take_directory(struct net *net, struct str file)
{
	struct str directory = boot_server_directory(file);

	if (directory.n > NAME_MAX)
		return false;
	memcpy(net->directory, directory.p, directory.n);
	net->directory_bytes = directory.n;
	return true;
}

/* The last answer that names a file counts, as the firmware has it. */
static bool find_by_pxe(EFI_PXE_BASE_CODE_MODE *mode, struct net *net)
{
	const EFI_PXE_BASE_CODE_PACKET *packets[ANSWERS] = {
		mode->PxeReplyReceived ? &mode->PxeReply : NULL,
		mode->ProxyOfferReceived ? &mode->ProxyOffer : NULL,
		mode->DhcpAckReceived ? &mode->DhcpAck : NULL,
	};
	struct boot_server server;

	if (mode->UsingIpv6)
		return false;
	for (unsigned i = 0; i < ANSWERS; i++) {
		struct str packet = {(const char *)packets[i], sizeof(*packets[i])};

		if (packets[i] == NULL || !boot_server_read(packet, &server))
			continue;
		memcpy(&net->server, server.ip, sizeof(server.ip));
		return take_directory(net, server.file);
	}
	return false;
}

static bool find_by_url(EFI_HANDLE handle, struct net *net)
{
	EFI_DEVICE_PATH *path = path_of(handle), *last = path == NULL ? NULL : path_last(path);
	struct str url = last == NULL ? S("") : path_url(last);

	return url.n > 0 && take_directory(net, url);
}

enum status net_open(EFI_HANDLE handle, struct report *report, struct volume **out)
{
	static const EFI_GUID pxe_guid = EFI_PXE_BASE_CODE_PROTOCOL_GUID;
	static const EFI_GUID load_file_guid = EFI_LOAD_FILE_PROTOCOL_GUID;
	static const struct volume_ops ops = {
		.info = net_info,
		.read = net_read,
		.close = net_close,
	};
	struct net found = {.volume = {.ops = &ops,
				       .type = "network",
				       .name = S("the loader's server"),
				       .report = report}};
	struct net *net;

	if (handle == NULL)
		return E_NOT_FOUND;
	found.pxe = efi_protocol(handle, &pxe_guid);
	found.http = efi_protocol(handle, &load_file_guid);
	if (found.http != NULL && find_by_url(handle, &found))
		found.pxe = NULL;
	else if (found.pxe != NULL && found.pxe->Mode->Started &&
		 find_by_pxe(found.pxe->Mode, &found))
		found.http = NULL;
	else
		return E_NOT_FOUND;
	net = mem_alloc(sizeof(*net));
	if (net == NULL)
		return fail(report, E_NO_MEMORY, "no memory to open the loader's own directory");
	*net = found;
	*out = &net->volume;
	return OK;
}
