#define _GNU_SOURCE
#include "start.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static int place_stream(posix_spawn_file_actions_t *files, int source, int target) {
  if (source == cka_same_stream) return 0;
  if (source == cka_no_stream) {
    int mode = target == STDIN_FILENO ? O_RDONLY : O_WRONLY;
    return posix_spawn_file_actions_addopen(files, target, "/dev/null", mode, 0);
  }
  return posix_spawn_file_actions_adddup2(files, source, target);
}

static int place_files(posix_spawn_file_actions_t *files, const struct cka_start *start) {
  int error = place_stream(files, start->input, STDIN_FILENO);
  if (start->log) {
    if (!error) {
      error = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, start->log,
                                               O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    if (!error) error = posix_spawn_file_actions_adddup2(files, STDOUT_FILENO, STDERR_FILENO);
  } else {
    if (!error) error = place_stream(files, start->output, STDOUT_FILENO);
    if (!error) error = place_stream(files, start->complaints, STDERR_FILENO);
  }
  int last = STDERR_FILENO;
  if (start->inherited >= 0) {
    last = cka_inherited;
    if (!error) error = posix_spawn_file_actions_adddup2(files, start->inherited, cka_inherited);
  }
  if (!error && start->is_apart) error = posix_spawn_file_actions_addclosefrom_np(files, last + 1);
  if (!error && start->folder) error = posix_spawn_file_actions_addchdir_np(files, start->folder);
  return error;
}

// Apart, every signal has its default action and none is blocked. Otherwise those are set back that a
// program ignores for its own sake; what whoever started it wanted ignored (`nohup`) stays so.
static int set_signals(posix_spawnattr_t *attributes, const struct cka_start *start) {
  sigset_t defaults, none;
  short flags = POSIX_SPAWN_SETSIGDEF;
  sigemptyset(&defaults);
  if (start->is_apart) {
    sigfillset(&defaults);
    flags |= POSIX_SPAWN_SETSIGMASK;
  } else {
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGTERM);
    sigaddset(&defaults, SIGPIPE);
  }
  if (start->group == cka_own_group) flags |= POSIX_SPAWN_SETPGROUP;
  if (start->group == cka_own_session) flags |= POSIX_SPAWN_SETSID;
  sigemptyset(&none);
  int error = posix_spawnattr_setsigdefault(attributes, &defaults);
  if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) error = posix_spawnattr_setflags(attributes, flags);
  return error;
}

int cka_start_process(const struct cka_start *start, pid_t *process) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&files);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (!error) {
    error = place_files(&files, start);
    if (!error) error = set_signals(&attributes, start);
    if (!error) {
      error = posix_spawnp(process, start->program, &files, &attributes, start->arguments,
                           start->environment);
    }
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&files);
  return error;
}
