/* Digests, as the banks of a TPM hold them. */
#include "host/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/command.h"

static const struct {
	const char *name;
	size_t bytes;
	const EVP_MD *(*md)(void);
} banks[] = {
	[BANK_SHA256] = {"sha256", 32, EVP_sha256},
	[BANK_SHA384] = {"sha384", 48, EVP_sha384},
};

const char *bank_name(enum bank b)
{
	return banks[b].name;
}

size_t bank_bytes(enum bank b)
{
	return banks[b].bytes;
}

void digest_parts(const struct str *parts, unsigned count, struct digest *d)
{
	*d = (struct digest){0};
	for (unsigned b = 0; b < BANKS; b++) {
		EVP_MD_CTX *context = EVP_MD_CTX_new();
		bool ok = context != NULL && EVP_DigestInit_ex(context, banks[b].md(), NULL) == 1;

		for (unsigned i = 0; i < count && ok; i++)
			ok = EVP_DigestUpdate(context, parts[i].p, parts[i].n) == 1;
		if (!ok || EVP_DigestFinal_ex(context, d->in[b], NULL) != 1) {
			fprintf(stderr, "partless: libcrypto cannot compute %s\n", banks[b].name);
			exit(EXIT_ERROR);
		}
		EVP_MD_CTX_free(context);
	}
}

void digest_of(struct str s, struct digest *d)
{
	digest_parts(&s, 1, d);
}

void digest_extend(struct digest *reg, const struct digest *d)
{
	struct digest now = *reg;

	for (unsigned b = 0; b < BANKS; b++) {
		const struct str parts[] = {{(const char *)now.in[b], banks[b].bytes},
					    {(const char *)d->in[b], banks[b].bytes}};
		struct digest made;

		digest_parts(parts, 2, &made);
		for (size_t i = 0; i < banks[b].bytes; i++)
			reg->in[b][i] = made.in[b][i];
	}
}
