#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

static atomic_bool termination_requested, time_is_up;

static void on_termination(int number) {
  atomic_store(number == SIGUSR1 ? &time_is_up : &termination_requested, true);
}

void cka_note_termination(void) {
  struct sigaction action = {0};
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART, so that a wait in poll ends at once.
  action.sa_handler = on_termination;
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGUSR1, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &action, NULL);
}

void cka_follow_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) raise(SIGTERM);
}

bool cka_termination_requested(void) { return atomic_load(&termination_requested); }

bool cka_time_is_up(void) { return atomic_load(&time_is_up); }

long cka_file_system_kind(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : -1;
}

static struct flock whole_file(void) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return lock;
}

int cka_lock(int descriptor) {
  struct flock lock = whole_file();
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

int cka_is_locked(int descriptor) {
  struct flock lock = whole_file();
  if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -errno;
  return lock.l_type != F_UNLCK;
}

int cka_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
