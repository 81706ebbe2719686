/* Changes the directories that it is given, at random, until the machine is stopped: a seed, then
 * directories. It begins with a file system that may hold anything, and fails at nothing. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS   4
#define NAMES     8
#define SIZE_MAX_ 60000
#define TELL      200 /* steps between two signs of life */

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

int main(int argc, char **argv)
{
	state = strtoull(argv[1], NULL, 10) * 2654435761u + 88172645463325252u;
	for (unsigned long n = 0;; n++) {
		top = argv[2 + n % (unsigned)(argc - 2)];
		step();
		if (n % TELL == 0) {
			printf("guest: steps=%lu\n", n);
			fflush(stdout);
		}
	}
}
