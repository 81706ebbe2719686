/* Changes the directories that it is given, at random, until the machine is stopped: a seed, then
 * directories. It begins with a file system that may hold anything, and fails at nothing. With -w
 * before the seed it also changes what is wide: large directories, symlinks of every length,
 * attributes, blocks that files share, and files that are open and have no name. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FOLDERS   4
#define NAMES     8
#define SIZE_MAX_ 60000
#define TELL      200  /* steps between two signs of life */
#define CROWD     900  /* names of a large directory */
#define BURST     250  /* of them that one step makes or removes */
#define NAMELESS  400  /* files that are open and have no name */
#define TARGET    1023 /* bytes of a symlink's target */

static uint64_t state;
static const char *top; /* the directory that is being changed */

static unsigned below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static const char *folder(char *path)
{
	unsigned n = below(FOLDERS + 1);

	if (n == FOLDERS)
		sprintf(path, "%s", top);
	else
		sprintf(path, "%s/dir%u", top, n);
	return path;
}

static const char *name(char *path)
{
	folder(path);
	sprintf(path + strlen(path), "/%.*sfile%u", (int)below(2) * 7, "longer-", below(NAMES));
	return path;
}

/* Writes at random; at the end when APPEND. */
static void put(int fd, int append)
{
	static char data[20000];
	size_t n = 1 + below(below(3) == 0 ? sizeof(data) - 1 : 3000);

	memset(data, 'a' + (int)below(26), n);
	data[below((unsigned)n)] = '\n';
	if (append)
		lseek(fd, 0, SEEK_END);
	else
		lseek(fd, below(SIZE_MAX_), SEEK_SET);
	if (lseek(fd, 0, SEEK_CUR) < 2 * SIZE_MAX_ && write(fd, data, n) < 0)
		return;
}

/* Changes an open file, and now and then puts it on the disk. */
static void change(int fd)
{
	unsigned at = below(SIZE_MAX_), n = 1 + below(20000);

	switch (below(8)) {
	case 0:
	case 1:
		put(fd, 0);
		break;
	case 2:
	case 3:
		put(fd, 1);
		break;
	case 4:
		if (ftruncate(fd, below(SIZE_MAX_)) != 0)
			return;
		break;
	case 5:
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, n);
		break;
	case 6:
		fallocate(fd, below(2) ? FALLOC_FL_KEEP_SIZE : 0, at, n);
		break;
	default:
		fallocate(fd, FALLOC_FL_ZERO_RANGE, at, n);
	}
	if (below(3) == 0)
		fsync(fd);
	else if (below(6) == 0)
		fdatasync(fd);
}

static void step(void)
{
	char a[400], b[400];
	unsigned what = below(24);
	int fd;

	if (what < 12) {
		fd = open(name(a), O_RDWR | O_CREAT | (below(5) == 0 ? O_TRUNC : 0), 0644);
		if (fd >= 0)
			change(fd);
		close(fd);
	} else if (what < 14) {
		link(name(a), name(b));
	} else if (what < 17) {
		unlink(name(a));
	} else if (what < 20) {
		rename(name(a), name(b));
	} else if (what == 20) {
		mkdir(folder(a), 0755);
	} else if (what == 21) {
		folder(a);
		if (strcmp(a, top) != 0)
			rmdir(a);
	} else if (what == 22) {
		name(a);
		if (symlink("a/long/target/that/does/not/fit/into/sixty/bytes/of/an/inode/at/all",
			    a) != 0)
			return;
	} else if (below(60) == 0) {
		sync();
	}
}

/* Makes or removes many names of a large directory, one after the other. */
static void crowd(void)
{
	char path[400];
	unsigned n = below(CROWD), end = n + below(BURST), make = below(2), length = 20 * below(3);
	int fd;

	sprintf(path, "%s/crowd%u", top, below(3));
	mkdir(path, 0755);
	for (char *name = path + strlen(path); n < end && n < CROWD; n++) {
		sprintf(name, "/%.*s%u", (int)length,
			"of-a-length-that-is-not-always-the-same-in-each-burst-of-names-", n);
		if (!make) {
			unlink(path);
			continue;
		}
		fd = open(path, O_RDWR | O_CREAT, 0644);
		if (fd >= 0 && below(20) == 0)
			fsync(fd);
		close(fd);
	}
}

/* Opens a file, or makes one, and takes its name away; one that was opened so before is closed. */
static void lose(void)
{
	static int open_files[NAMELESS];
	char path[400];
	unsigned n = below(NAMELESS);

	if (open_files[n] > 0)
		close(open_files[n]);
	open_files[n] = open(name(path), O_RDWR | O_CREAT, 0644);
	unlink(path);
}

static void point(void)
{
	char path[400], target[TARGET + 1];
	unsigned n = 1 + below(below(2) ? 150 : TARGET);

	memset(target, 'a' + (int)below(26), n);
	target[below(n)] = '/';
	target[n] = 0;
	if (below(2))
		unlink(name(path));
	if (symlink(target, name(path)) != 0)
		return;
}

/* Gives a file attributes, or takes them away, which moves the end of its list of blocks. */
static void describe(void)
{
	static const char value[300];
	char path[400], key[20];
	unsigned what = below(8);

	below(3) ? name(path) : folder(path);
	sprintf(key, "user.%u", below(4));
	if (what == 0)
		lremovexattr(path, key);
	else
		lsetxattr(path, key, value, below(what == 1 ? sizeof(value) : 40), 0);
}

static void share(void)
{
	char path[400];
	int from = open(name(path), O_RDONLY), to = open(name(path), O_RDWR | O_CREAT, 0644);

	if (from >= 0 && to >= 0)
		ioctl(to, FICLONE, from);
	close(from);
	close(to);
}

static void sync_folder(void)
{
	char path[400];
	int fd = open(folder(path), O_RDONLY);

	fsync(fd);
	close(fd);
}

static void wide_step(void)
{
	char a[400], b[400];
	unsigned what = below(40);

	if (what < 20)
		step();
	else if (what < 23)
		crowd();
	else if (what < 27)
		lose();
	else if (what < 31)
		point();
	else if (what < 34)
		describe();
	else if (what < 36)
		share();
	else if (what < 38)
		sync_folder();
	else
		rename(folder(a), folder(b));
}

int main(int argc, char **argv)
{
	bool wide = argc > 1 && strcmp(argv[1], "-w") == 0;

	argc -= wide;
	argv += wide;
	state = strtoull(argv[1], NULL, 10) * 2654435761u + 88172645463325252u;
	for (unsigned long n = 0;; n++) {
		top = argv[2 + n % (unsigned)(argc - 2)];
		wide ? wide_step() : step();
		if (n % TELL == 0) {
			printf("guest: steps=%lu\n", n);
			fflush(stdout);
		}
	}
}
