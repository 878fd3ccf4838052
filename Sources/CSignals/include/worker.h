#ifndef CSIGNALS_WORKER_H
#define CSIGNALS_WORKER_H
// Calls that a background worker needs and that Swift cannot name: locks of an open file, and a child
// process in a session of its own (`POSIX_SPAWN_SETSID`), both behind feature macros in the C library.
#include <spawn.h>
#include <stdbool.h>
#include <sys/types.h>

/// The number under which a worker inherits the descriptor of its job's lock.
enum { cka_inherited_lock = 3 };

/// Locks the whole file of `descriptor`, which must be open for writing, without waiting. The lock belongs to
/// the open file: children that inherit the descriptor share it, and it goes with the last copy.
/// Returns 0, or the error: EAGAIN or EACCES when another open file holds it, ENOLCK and the like when
/// the file system has no locks.
int cka_lock(int descriptor);

/// Whether another open file holds the lock; it is not taken for a moment, so nobody is disturbed.
/// Returns 1 or 0, or the negative error.
int cka_is_locked(int descriptor);

/// What a worker is started with; all strings are paths or null-terminated arrays of strings.
struct cka_worker {
  const char *executable;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  /// Receives standard output and standard error, appended.
  const char *log;
  /// At least 4; the worker has it as `cka_inherited_lock`.
  int lock;
};

/// Starts a worker in a session and process group of its own, without a terminal: standard input is empty,
/// every descriptor but the lock's is closed, all signals are unblocked and do what they do by default.
/// Returns 0 and the process, or the error.
int cka_start_worker(const struct cka_worker *worker, pid_t *process);

/// A process spawned with `actions` will work in `folder`. Returns 0, or the error.
int cka_spawn_in(posix_spawn_file_actions_t *actions, const char *folder);

/// A pipe of which no process that is started meanwhile inherits an end. Returns 0, or -1 and `errno`.
int cka_pipe(int ends[2]);

/// The kind of the file system at `path`, a number of statfs(2); -1 when there is nothing at `path`.
long cka_file_system_kind(const char *path);

/// From now on SIGTERM is noted instead of ending the process, and SIGHUP is ignored.
void cka_note_termination(void);

/// Whether SIGTERM arrived since `cka_note_termination`.
bool cka_termination_requested(void);
#endif
