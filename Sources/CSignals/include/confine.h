#ifndef CSIGNALS_CONFINE_H
#define CSIGNALS_CONFINE_H
// How a process that reads untrusted bytes with a library that may be taken over by them gives up what it
// does not need.
#include <stdbool.h>
#include <stddef.h>

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
