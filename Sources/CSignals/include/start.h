#ifndef CSIGNALS_START_H
#define CSIGNALS_START_H
// How every process is started. It is C because a session of its own (`POSIX_SPAWN_SETSID`), closing what
// is open and a working folder stand behind feature macros of the C library, which Swift does not see.
#include <stdbool.h>
#include <sys/types.h>

/// What stands for a descriptor in `cka_start`: the parent's own, or /dev/null.
enum { cka_same_stream = -1, cka_no_stream = -2 };

/// The number under which a process has the descriptor `inherited`.
enum { cka_inherited = 3 };

/// Which processes get the terminal's signals together with it.
enum { cka_same_group = 0, cka_own_group = 1, cka_own_session = 2 };

/// What a process is started with; all strings are paths or null-terminated arrays of strings.
struct cka_start {
  /// Looked for on PATH unless it has a slash.
  const char *program;
  char *const *arguments;
  char *const *environment;
  /// Where it works; NULL for our working folder.
  const char *folder;
  /// What becomes its standard input, output and error: descriptors, or one of the two above.
  int input, output, complaints;
  /// A file that gets standard output and standard error, appended; NULL for none.
  const char *log;
  /// A descriptor that it has as `cka_inherited`; at least 4, or -1 for none.
  int inherited;
  /// One of the three above.
  int group;
  /// All other descriptors are closed, signals are unblocked and do what they do by default.
  bool is_apart;
};

/// Starts a process. Returns 0 and the process, or the error.
int cka_start_process(const struct cka_start *start, pid_t *process);
#endif
