/* Running a program. */
#include "host/doctor/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What comes from one of its descriptors. */
struct stream {
	int fd;
	char *text;
	size_t n, room;
	bool too_much;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Starts ARGV with these as its output and its error. Returns 0 or an errno. */
static int start(char *const argv[], const int output[2], const int error[2], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed != 0)
		return failed;
	failed = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (failed == 0)
		failed = posix_spawn_file_actions_adddup2(&actions, output[1], 1);
	if (failed == 0)
		failed = posix_spawn_file_actions_adddup2(&actions, error[1], 2);
	if (failed == 0)
		failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Reads what is there. False at the end. What finds no room is dropped. */
static bool take(struct stream *s)
{
	char drop[4096];
	bool full = s->n == s->room;
	ssize_t n = read(s->fd, full ? drop : s->text + s->n, full ? sizeof(drop) : s->room - s->n);

	if (n < 0 && errno == EINTR)
		return true;
	s->too_much |= full && n > 0;
	if (n > 0 && !full)
		s->n += (size_t)n;
	return n > 0;
}

/* Reads both streams to their ends. False when that takes too long, or the first holds too much. */
static bool take_all(struct stream streams[2])
{
	int64_t until = now_ms() + PROGRAM_SECONDS * 1000;
	struct pollfd polled[2] = {{streams[0].fd, POLLIN, 0}, {streams[1].fd, POLLIN, 0}};

	while (polled[0].fd >= 0 || polled[1].fd >= 0) {
		int64_t left = until - now_ms();

		if (left <= 0 || streams[0].too_much)
			return false;
		if (poll(polled, 2, (int)left) < 0 && errno != EINTR)
			return false;
		for (unsigned i = 0; i < 2; i++) {
			if (polled[i].fd >= 0 && polled[i].revents != 0 && !take(&streams[i]))
				polled[i].fd = -1;
			polled[i].revents = 0;
		}
	}
	return true;
}

/* The program ended, or is killed. Returns the status, reported. */
static enum status finish(const char *name, pid_t pid, bool all, const struct stream streams[2],
			  struct report *r)
{
	struct str said = {streams[1].text, streams[1].n};
	int state = 0;

	if (!all)
		kill(pid, SIGKILL);
	while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
		;
	if (!all && streams[0].too_much)
		return fail(r, E_LIMIT, "%s: it prints more than %lu bytes", name,
			    (unsigned long)streams[0].room);
	if (!all)
		return fail(r, E_LIMIT, "%s: it did not end within %d seconds; is libvirt busy?",
			    name, PROGRAM_SECONDS);
	if (WIFEXITED(state) && WEXITSTATUS(state) == 0)
		return OK;
	if (WIFEXITED(state) && WEXITSTATUS(state) == 127 && said.n == 0)
		return fail(r, E_NOT_FOUND, "%s: cannot be started", name);
	said = str_trim(said);
	said.n = str_find(said, '\n');
	if (said.n == 0)
		said = S("it does not say why");
	return fail(r, E_IO, "%s failed: %.*s", name, STR_ARG(said));
}

enum status program_run(char *const argv[], size_t most, struct arena *a, struct report *r,
			struct str *output)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1}, error = 0;
	struct stream streams[2] = {
		{.text = arena_array(a, most + 1, 1), .room = most},
		{.text = arena_array(a, PROGRAM_ERROR_MAX, 1), .room = PROGRAM_ERROR_MAX}};
	enum status status;
	pid_t pid = 0;

	if (streams[0].text == NULL || streams[1].text == NULL)
		return fail(r, E_NO_MEMORY, "no memory to run %s", argv[0]);
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		error = errno;
	if (error == 0)
		error = start(argv, out, err, &pid);
	close(out[1]);
	close(err[1]);
	streams[0].fd = out[0];
	streams[1].fd = err[0];
	if (error != 0)
		status = fail(r, error == ENOENT ? E_NOT_FOUND : E_IO, "cannot run %s: %s", argv[0],
			      strerror(error));
	else
		status = finish(argv[0], pid, take_all(streams), streams, r);
	close(out[0]);
	close(err[0]);
	*output = (struct str){streams[0].text, streams[0].n};
	return status;
}
