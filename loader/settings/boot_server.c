/* DHCP's answer, and the place of the loader's directory. Servers differ in where they say it: in
 * the fixed fields of BOOTP, or in options. The answer may come from anybody on the
 * network, who could as well have sent another loader. Still, no byte of it is trusted. */
#include "loader/settings/boot_server.h"

#include <stddef.h>

#include "base/bytes.h"

/* Options. */
#define PAD       0
#define SERVER_ID 54
#define FILE_NAME 67
#define END       255

struct bootp {
	uint8_t op, htype, hlen, hops;
	be32 xid;
	be16 secs, flags;
	uint8_t ciaddr[4], yiaddr[4], siaddr[4], giaddr[4];
	uint8_t chaddr[16];
	char sname[64], file[128];
	uint8_t magic[4];
};
_Static_assert(sizeof(struct bootp) == 240, "BOOTP");
_Static_assert(offsetof(struct bootp, file) == 108, "file");

/* The text that a NUL ends, or TEXT's end. */
static struct str until_nul(struct str text)
{
	return (struct str){text.p, str_find(text, '\0')};
}

/* The value of the option CODE; "" when there is none. */
static struct str option(struct str rest, uint8_t code)
{
	while (rest.n >= 2 && (uint8_t)rest.p[0] != END) {
		size_t n = (uint8_t)rest.p[1];

		if (rest.p[0] == PAD) {
			rest = str_skip(rest, 1);
			continue;
		}
		if (n > rest.n - 2)
			break;
		if ((uint8_t)rest.p[0] == code)
			return (struct str){rest.p + 2, n};
		rest = str_skip(rest, 2 + n);
	}
	return S("");
}

static bool is_zero(const uint8_t *ip)
{
	return (ip[0] | ip[1] | ip[2] | ip[3]) == 0;
}

bool boot_server_read(struct str packet, struct boot_server *out)
{
	static const struct str magic = S("\x63\x82\x53\x63");
	const struct bootp *raw = (const struct bootp *)packet.p;
	struct str options = S(""), server;
	const uint8_t *ip;

	if (packet.n < sizeof(*raw))
		return false;
	if (str_eq((struct str){(const char *)raw->magic, sizeof(raw->magic)}, magic))
		options = str_skip(packet, sizeof(*raw));
	*out = (struct boot_server){.file = until_nul(option(options, FILE_NAME))};
	if (out->file.n == 0)
		out->file = until_nul((struct str){raw->file, sizeof(raw->file)});
	server = option(options, SERVER_ID);
	ip = is_zero(raw->siaddr) && server.n == 4 ? (const uint8_t *)server.p : raw->siaddr;
	for (unsigned i = 0; i < 4; i++)
		out->ip[i] = ip[i];
	return out->file.n > 0 && !is_zero(ip);
}

/* True when TEXT is WORD, whose letters are small, in letters of any size. */
static bool is_word(struct str text, struct str word)
{
	if (text.n != word.n)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if ((text.p[i] | 0x20) != (word.p[i] | 0x20))
			return false;
	}
	return true;
}

struct str boot_server_directory(struct str file)
{
	static const struct str efi_boot = S("efi/boot/");

	while (file.n > 0 && file.p[file.n - 1] != '/')
		file.n--;
	if (file.n >= efi_boot.n && is_word(str_skip(file, file.n - efi_boot.n), efi_boot) &&
	    (file.n == efi_boot.n || file.p[file.n - efi_boot.n - 1] == '/'))
		file.n -= efi_boot.n;
	return file;
}
