#define _GNU_SOURCE
#include "worker.h"
#include "clean_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/vfs.h>
#include <unistd.h>

static atomic_bool termination_requested;

static void on_termination(int number) {
  (void)number;
  atomic_store(&termination_requested, true);
}

void cka_note_termination(void) {
  struct sigaction action = {0};
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART, so that a wait in poll ends at once.
  action.sa_handler = on_termination;
  sigaction(SIGTERM, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &action, NULL);
}

bool cka_termination_requested(void) { return atomic_load(&termination_requested); }

long cka_file_system_kind(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : -1;
}

int cka_spawn_in(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
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

static int prepare_files(posix_spawn_file_actions_t *files, const struct cka_worker *worker) {
  int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!error) {
    error = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, worker->log,
                                             O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  if (!error) error = posix_spawn_file_actions_adddup2(files, STDOUT_FILENO, STDERR_FILENO);
  if (!error) error = posix_spawn_file_actions_adddup2(files, worker->lock, cka_inherited_lock);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, cka_inherited_lock + 1);
  if (!error) error = posix_spawn_file_actions_addchdir_np(files, worker->directory);
  return error;
}

int cka_start_worker(const struct cka_worker *worker, pid_t *process) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&files);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (!error) {
    error = prepare_files(&files, worker);
    if (!error) error = cka_spawn_with_clean_signals(&attributes, POSIX_SPAWN_SETSID);
    if (!error) {
      error = posix_spawn(process, worker->executable, &files, &attributes, worker->arguments,
                          worker->environment);
    }
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&files);
  return error;
}

int cka_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
