/* Who may read what. */
#include "host/doctor/reader.h"

#include <errno.h>
#include <grp.h>
#include <linux/posix_acl.h>
#include <linux/xattr.h>
#include <pwd.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static void add_group(struct reader *r, gid_t group)
{
	if (r->groups_count < READER_GROUPS)
		r->groups[r->groups_count++] = group;
}

static bool is_member(const struct reader *r, gid_t group)
{
	for (unsigned i = 0; i < r->groups_count; i++) {
		if (r->groups[i] == group)
			return true;
	}
	return false;
}

static void add_groups(struct reader *r, const char *user)
{
	FILE *f = tree_open(r->tree, "/etc/group");
	struct group *g;

	while (f != NULL && (g = fgetgrent(f)) != NULL) {
		for (char **member = g->gr_mem; *member != NULL; member++) {
			if (strcmp(*member, user) == 0)
				add_group(r, g->gr_gid);
		}
	}
	if (f != NULL)
		fclose(f);
}

bool reader_find(const struct tree *t, const char *name, struct reader *r)
{
	FILE *f = tree_open(t, "/etc/passwd");
	uint64_t number = 0;
	bool numeric = str_u64(str_of(name[0] == '+' ? name + 1 : name), &number), found = false;
	const struct passwd *p;

	*r = (struct reader){.tree = t, .name = name, .uid = (uid_t)number};
	while (f != NULL && !found && (p = fgetpwent(f)) != NULL) {
		found = numeric ? p->pw_uid == number : strcmp(p->pw_name, name) == 0;
		if (!found)
			continue;
		r->uid = p->pw_uid;
		add_group(r, p->pw_gid);
		add_groups(r, p->pw_name);
	}
	if (f != NULL)
		fclose(f);
	return found || numeric;
}

/* The rights that an ACL gives (acl(5), "Access check algorithm"): those of the owner; of a user
 * whom it names; of the groups, if one of them gives all that is WANTED; of everybody else. */
static int acl_rights(const struct reader *r, const struct stat *st, struct str acl, int wanted)
{
	int mask = 7, named = -1, owner = 0, other = 0, group = -1;

	for (size_t at = 4; at + 8 <= acl.n; at += 8) {
		const uint8_t *e = (const uint8_t *)acl.p + at;
		int tag = e[0] | e[1] << 8, rights = e[2] | e[3] << 8;
		uint32_t id =
			e[4] | (uint32_t)e[5] << 8 | (uint32_t)e[6] << 16 | (uint32_t)e[7] << 24;

		if (tag == ACL_USER_OBJ)
			owner = rights;
		else if (tag == ACL_USER && id == r->uid)
			named = rights;
		else if ((tag == ACL_GROUP_OBJ && is_member(r, st->st_gid)) ||
			 (tag == ACL_GROUP && is_member(r, id)))
			group = group >= 0 && (group & wanted) == wanted ? group : rights;
		else if (tag == ACL_MASK)
			mask = rights;
		else if (tag == ACL_OTHER)
			other = rights;
	}
	if (st->st_uid == r->uid)
		return owner;
	return named >= 0 ? named & mask : group >= 0 ? group & mask : other;
}

bool reader_may(const struct reader *r, const struct host_file *at, int wanted)
{
	char acl[4096];
	const struct stat *st = &at->st;
	ssize_t n;
	int rights;

	if (r->uid == 0)
		return true;
	n = lgetxattr(at->file, XATTR_NAME_POSIX_ACL_ACCESS, acl, sizeof(acl));
	if (n > 4)
		rights = acl_rights(r, st, (struct str){acl, (size_t)n}, wanted);
	else if (st->st_uid == r->uid)
		rights = st->st_mode >> 6 & 7;
	else
		rights = (is_member(r, st->st_gid) ? st->st_mode >> 3 : st->st_mode) & 7;
	return (rights & wanted) == wanted;
}

static bool enters(void *context, const struct host_file *at)
{
	return !S_ISDIR(at->st.st_mode) || reader_may(context, at, X_OK);
}

int reader_walk(const struct reader *r, const char *path, struct host_file *place)
{
	int error = tree_walk(r->tree, path, enters, (void *)(uintptr_t)r, place);

	return error == ECANCELED ? EACCES : error;
}
