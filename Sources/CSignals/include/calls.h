#ifndef CSIGNALS_CALLS_H
#define CSIGNALS_CALLS_H
// Calls that Swift cannot name, since they stand behind feature macros of the C library (locks of an open
// file, pipes that nobody inherits), and SIGTERM as a wish.
#include <stdbool.h>
#include <sys/types.h>

/// Locks the whole file of `descriptor`, which must be open for writing, without waiting. The lock belongs to
/// the open file: children that inherit the descriptor share it, and it goes with the last copy.
/// Returns 0, or the error: EAGAIN or EACCES when another open file holds it, ENOLCK and the like when
/// the file system has no locks.
int cka_lock(int descriptor);

/// Whether another open file holds the lock; it is not taken for a moment, so nobody is disturbed.
/// Returns 1 or 0, or the negative error.
int cka_is_locked(int descriptor);

/// A pipe of which no process that is started meanwhile inherits an end. Returns 0, or -1 and `errno`.
int cka_pipe(int ends[2]);

/// The kind of the file system at `path`, a number of statfs(2); -1 when there is nothing at `path`.
long cka_file_system_kind(const char *path);

/// From now on SIGTERM and SIGUSR1 are noted instead of ending the process, and SIGHUP is ignored.
void cka_note_termination(void);

/// From now on the process gets SIGTERM when `parent`, which started it, ends; at once where it has ended.
void cka_follow_parent(pid_t parent);

/// Whether SIGTERM arrived since `cka_note_termination`.
bool cka_termination_requested(void);

/// Whether SIGUSR1 arrived since `cka_note_termination`.
bool cka_time_is_up(void);
#endif
