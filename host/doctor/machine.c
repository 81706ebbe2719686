/* The machine: can it boot by Partless at all, and will a person see anything? */
#include "host/doctor/doctor.h"

#include <string.h>
#include <sys/utsname.h>

#include "host/arch.h"

/* The least memory with which a guest booted, in MiB (README.md). */
#define MEMORY_LEAST 144

static bool is_ours(struct doctor *d)
{
	const struct domain *domain = &d->domain;
	bool qemu = strcmp(domain->type, "kvm") == 0 || strcmp(domain->type, "qemu") == 0 ||
		    strcmp(domain->type, "hvf") == 0;

	if (!qemu)
		findings_add(&d->findings, FIND_WRONG_TYPE, "domain",
			     "make it a domain of type 'kvm' or 'qemu'",
			     "its type is '%s', and Partless boots guests of QEMU", domain->type);
	else if (strcmp(domain->os_type, "hvm") != 0)
		findings_add(&d->findings, FIND_WRONG_TYPE, "os", "write <type>hvm</type>",
			     "its type is '%s', which has no UEFI firmware", domain->os_type);
	else if (domain->arch != NULL && !arch_choose(domain->arch))
		findings_add(&d->findings, FIND_WRONG_TYPE, "os",
			     "make it a machine with the processor x86_64 or aarch64",
			     "Partless has no loader for the processor '%s'", domain->arch);
	else
		return true;
	return false;
}

static void examine_kvm(struct doctor *d)
{
	static const char *const cure = "write <domain type='qemu'>, which is slow";
	static struct host_file place;
	struct utsname host;

	if (strcmp(d->domain.type, "kvm") != 0)
		return;
	if (d->domain.arch != NULL && uname(&host) == 0 &&
	    strcmp(host.machine, d->domain.arch) != 0)
		findings_add(&d->findings, FIND_NO_KVM, "domain", cure,
			     "its type is 'kvm' and its processor %s, but the host's is %s",
			     d->domain.arch, host.machine);
	else if (tree_walk(&d->tree, "/dev/kvm", NULL, NULL, &place) != 0)
		findings_add(&d->findings, FIND_NO_KVM, "domain", cure,
			     "its type is 'kvm', and the host has no /dev/kvm");
}

bool doctor_machine(struct doctor *d)
{
	if (!is_ours(d))
		return false;
	examine_kvm(d);
	if (d->domain.memory_kib > 0 && d->domain.memory_kib < MEMORY_LEAST << 10)
		findings_add(&d->findings, FIND_LITTLE_MEMORY, "memory", "give it more",
			     "it has %lu MiB; a guest needs %d MiB at least",
			     (unsigned long)d->domain.memory_kib >> 10, MEMORY_LEAST);
	if (!d->domain.has_console)
		findings_add(&d->findings, FIND_NO_CONSOLE, "devices", "add <serial type='pty'/>",
			     "there is neither a serial line nor a screen, so nobody sees the "
			     "menu, or why nothing boots");
	return true;
}
