/* What the host says of all guests: libvirt's qemu.conf, QEMU's user, AppArmor. */
#include "host/doctor/doctor.h"

#include <string.h>
#include <unistd.h>

#define CONF     "/etc/libvirt/qemu.conf"
#define CONF_MAX (256u << 10)

/* The value of NAME in a line `NAME = "VALUE"` of qemu.conf; "" when there is none. */
static struct str conf_value(struct str text, struct str name)
{
	struct str found = S("");

	while (text.n > 0) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (!str_cut_prefix(&line, name))
			continue;
		line = str_trim(line);
		if (str_cut_prefix(&line, S("=")))
			found = str_trim(line);
	}
	return found;
}

static bool has_word(struct str text, struct str word)
{
	for (; text.n >= word.n; text = str_skip(text, 1)) {
		if (str_starts(text, word))
			return true;
	}
	return false;
}

/* Without quotes, copied. */
static const char *unquote(struct arena *a, struct str value)
{
	struct str copy;

	if (str_cut_prefix(&value, S("\"")))
		value.n = str_find(value, '"');
	return str_dup(a, value, &copy) ? copy.p : "";
}

/* The domain may name the user, then qemu.conf, else it is the distribution's. */
static void find_user(struct doctor *d, struct str conf)
{
	const char *said = d->domain.user;
	struct str number;

	if (d->session && str_fmt(&d->arena, &number, "+%u", (unsigned)getuid()))
		said = number.p;
	if (said == NULL && conf.n > 0)
		said = unquote(&d->arena, conf);
	if (said != NULL)
		d->knows_user = reader_find(&d->tree, said, &d->user);
	else
		d->knows_user = reader_find(&d->tree, "libvirt-qemu", &d->user) ||
				reader_find(&d->tree, "qemu", &d->user);
	if (!d->knows_user)
		findings_add(&d->findings, FIND_USER_UNKNOWN, said != NULL ? said : "QEMU's user",
			     "is libvirt installed, and is this its host?",
			     "there is no such user here, so what QEMU may read was not looked at");
}

void doctor_host(struct doctor *d)
{
	struct str conf = S(""), driver;

	(void)tree_read(&d->tree, CONF, CONF_MAX, &d->arena, &conf);
	find_user(d, conf_value(conf, S("user")));
	d->keeps_owners = str_starts(conf_value(conf, S("dynamic_ownership")), S("0"));
	driver = conf_value(conf, S("security_driver"));
	d->apparmor = !d->session && !d->domain.no_apparmor && apparmor_is_on(&d->tree) &&
		      (driver.n == 0 || has_word(driver, S("apparmor")));
	if (d->apparmor)
		d->rules = apparmor_read(&d->tree, &d->arena);
}
