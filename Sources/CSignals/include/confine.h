#ifndef CSIGNALS_CONFINE_H
#define CSIGNALS_CONFINE_H
// A process that reads untrusted bytes with a library that may be taken over by them: how it is
// started, and how it gives up what it does not need.
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// Starts `arguments[0]`, an absolute path, as a process that has `input` (or nothing, where it is -1) as
/// standard input, `output` as standard output, no standard error, and no other descriptor. All
/// signals are unblocked and do what they do by default.
/// Returns 0 and the process, or the error.
int cka_start_reader(char *const *arguments, char *const *environment, int input, int output,
                     pid_t *process);

/// What a process may still use.
struct cka_confinement {
  /// Bytes of memory of its own, what it has already included; mapped files do not count.
  size_t memory;
  /// Seconds of computing; 0 sets no limit.
  unsigned seconds;
};

/// Gives up what reading bytes that are mapped already does not need, for good: no new descriptors, files,
/// processes or privileges, no core dump, and where the kernel has seccomp no system calls but those
/// that manage memory, read and write descriptors that are open, and end the process. A call
/// that is not allowed fails with EPERM.
/// Returns whether system calls are filtered; the rest holds in any case.
bool cka_confine(const struct cka_confinement *confinement);

/// Whether this kernel filters system calls for processes that ask for it (on this kind of processor).
bool cka_can_filter_calls(void);
#endif
