/*
 * The yardstick of the walk: walker full|symlinks|names DIR, in one thread, with nothing to spare.
 *   names     getdents64 alone
 *   symlinks  and text and end of every symbolic link
 *   full      and device, inode and link count of everything, hard links grouped by inode
 * Directories are opened from their parent's descriptor and nothing is kept but the open inodes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct record {
  uint64_t ino;
  int64_t next;
  uint16_t length;
  uint8_t type;
  char name[];
};

struct inode {
  uint64_t dev, ino;
  uint32_t links, names;
};

static enum { NAMES, SYMLINKS, FULL } level;
static struct {
  uint64_t entries, files, directories, symlinks, ok, to_directories, enoent, eloop, enotdir, eacces, other_end;
  uint64_t names, inodes, outside, unread;
} total = {.entries = 1, .directories = 1};
static char buffer[128 * 1024] __attribute__((aligned(8)));
static char text[4096];

/* Names of directories still to be entered, NUL-ended, those of the innermost directory last. */
static char *waiting;
static size_t waiting_used, waiting_size;

static struct inode *table;
static size_t table_size, table_used;

static void *grown(void *old, size_t size) {
  void *fresh = realloc(old, size);
  if (!fresh) {
    perror("walker: memory");
    exit(1);
  }
  return fresh;
}

static struct inode *slot(struct inode *in, size_t size, uint64_t dev, uint64_t ino) {
  size_t at = (ino * 0x9e3779b97f4a7c15u ^ dev * 0xc2b2ae3d27d4eb4fu) >> 20 & (size - 1);
  while (in[at].names && (in[at].ino != ino || in[at].dev != dev)) at = (at + 1) & (size - 1);
  return &in[at];
}

static void group(const struct statx *is) {
  if (2 * table_used >= table_size) {
    size_t size = table_size ? 2 * table_size : 1 << 12;
    struct inode *fresh = calloc(size, sizeof *fresh);
    if (!fresh) {
      perror("walker: memory");
      exit(1);
    }
    for (size_t i = 0; i < table_size; i++)
      if (table[i].names) *slot(fresh, size, table[i].dev, table[i].ino) = table[i];
    free(table);
    table = fresh;
    table_size = size;
  }
  uint64_t dev = (uint64_t)is->stx_dev_major << 32 | is->stx_dev_minor;
  struct inode *found = slot(table, table_size, dev, is->stx_ino);
  if (!found->names) {
    *found = (struct inode){dev, is->stx_ino, is->stx_nlink, 0};
    table_used++;
  }
  found->names++;
}

static void end_of_link(int fd, const char *name) {
  struct statx end;
  total.symlinks++;
  if (readlinkat(fd, name, text, sizeof text) < 0) total.unread++;
  if (statx(fd, name, AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &end) == 0) {
    total.ok++;
    if (S_ISDIR(end.stx_mode)) total.to_directories++;
  } else
    switch (errno) {
      case ENOENT: total.enoent++; break;
      case ELOOP: total.eloop++; break;
      case ENOTDIR: total.enotdir++; break;
      case EACCES: total.eacces++; break;
      default: total.other_end++;
    }
}

static void entry(int fd, const struct record *record) {
  const char *name = record->name;
  int type = record->type;
  struct statx is;
  total.entries++;
  if (type == DT_UNKNOWN || (level == FULL && type != DT_DIR)) {
    if (statx(fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &is) != 0) {
      total.unread++;
      return;
    }
    type = IFTODT(is.stx_mode);
    if (level == FULL && type != DT_DIR && is.stx_nlink > 1) group(&is);
  }
  if (type == DT_DIR) {
    size_t length = strlen(name) + 1;
    if (waiting_used + length > waiting_size) waiting = grown(waiting, waiting_size = 2 * waiting_size + 4096);
    memcpy(waiting + waiting_used, name, length);
    waiting_used += length;
    total.directories++;
  } else if (type == DT_LNK) {
    if (level == NAMES) total.symlinks++;
    else end_of_link(fd, name);
  } else if (type == DT_REG)
    total.files++;
}

static void walk(int parent, const char *name) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    total.unread++;
    return;
  }
  struct statx is;
  if (level == FULL && statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &is) != 0) total.unread++;
  size_t start = waiting_used;
  long filled;
  while ((filled = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < filled;) {
      const struct record *record = (const struct record *)(buffer + at);
      at += record->length;
      const char *is_name = record->name;
      if (is_name[0] == '.' && (!is_name[1] || (is_name[1] == '.' && !is_name[2]))) continue;
      entry(fd, record);
    }
  if (filled < 0) total.unread++;
  size_t end = waiting_used;
  for (size_t at = start; at < end;) {
    /* The stack may move while a child is walked: its own names go above `end`, then leave. */
    size_t next = at + strlen(waiting + at) + 1;
    walk(fd, waiting + at);
    at = next;
  }
  waiting_used = start;
  close(fd);
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: walker full|symlinks|names DIR\n");
    return 2;
  }
  level = !strcmp(arguments[1], "full") ? FULL : !strcmp(arguments[1], "symlinks") ? SYMLINKS : NAMES;
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  walk(AT_FDCWD, arguments[2]);
  for (size_t i = 0; i < table_size; i++)
    if (table[i].names) {
      total.inodes++;
      total.names += table[i].names;
      total.outside += table[i].links - table[i].names;
    }
  printf("{\"entries\":%lu,\"files\":%lu,\"directories\":%lu,\"symlinks\":%lu,\"ok\":%lu,\"symlinksToDirectories\":%lu,"
         "\"ENOENT\":%lu,\"ELOOP\":%lu,\"ENOTDIR\":%lu,\"EACCES\":%lu,\"other\":%lu,"
         "\"multiLinkInodes\":%lu,\"multiLinkNames\":%lu,\"namesOutside\":%lu,\"unread\":%lu}\n",
         total.entries, total.files, total.directories, total.symlinks, total.ok, total.to_directories, total.enoent,
         total.eloop, total.enotdir, total.eacces, total.other_end, total.inodes, total.names, total.outside,
         total.unread);
  return 0;
}
