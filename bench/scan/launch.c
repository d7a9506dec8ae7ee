/*
 * launch COMMAND [ARGUMENT…]: runs it and writes what it cost to descriptor 3, as one JSON line:
 * CPU of it and its waited-for children, wall time, peak memory, exit status (-signal if killed).
 * A launcher this small, because a forked child starts with the peak memory of its parent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double milliseconds(struct timeval time) { return time.tv_sec * 1e3 + time.tv_usec / 1e3; }

int main(int count, char **arguments) {
  if (count < 2 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0) return 2;
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  pid_t child = vfork();
  if (child == 0) {
    execvp(arguments[1], arguments + 1);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    fprintf(stderr, "launch: %s: %s\n", arguments[1], strerror(errno));
    return 1;
  }
  clock_gettime(CLOCK_MONOTONIC, &after);
  double wall = (after.tv_sec - before.tv_sec) * 1e3 + (after.tv_nsec - before.tv_nsec) / 1e6;
  dprintf(3, "{\"cpu\":%.3f,\"wall\":%.3f,\"rssBytes\":%ld,\"status\":%d}\n",
          milliseconds(used.ru_utime) + milliseconds(used.ru_stime), wall, used.ru_maxrss * 1024L,
          WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  return 0;
}
