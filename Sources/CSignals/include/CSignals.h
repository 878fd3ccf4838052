#ifndef CSIGNALS_H
#define CSIGNALS_H
// Code that runs inside a signal handler. It is C because only async-signal-safe calls may be made
// there, and the Swift runtime promises none.
#include <stdbool.h>
#include <stddef.h>

#include "confine.h"
#include "start.h"
#include "calls.h"

/// Registers a read-only file mapping whose pages may vanish when another program truncates the file.
/// A read past the new end then yields bytes 0xFF (NaN in every float format) instead of a crash.
/// Returns false when the table of mappings is full: read the file instead of mapping it.
bool cka_guard_mapping(const void *start, size_t length);

/// Forgets a mapping; call it before munmap.
void cka_forget_mapping(const void *start);

/// True once a read of the mapping that starts at `start` met a page that its file no longer backs.
bool cka_mapping_was_truncated(const void *start);

/// Signals that arrived since the last `cka_terminal_take_signals`.
enum {
  /// SIGTSTP: the program is asked to stop.
  cka_stop_requested = 1,
  /// SIGCONT: the program goes on, and others may have used the terminal meanwhile.
  cka_continued = 2,
  /// SIGWINCH: the terminal may have another size.
  cka_size_changed = 4,
};

/// Installs handlers that restore the terminal before a signal that would end the program (every one that can
/// be caught, the real-time ones too) does what it did before, and that note TSTP, CONT and WINCH. Also
/// restores at `exit`.
/// Saves the modes of the terminal `descriptor`; call it before they change, that is, before `newterm`,
/// which then leaves these signals alone.
/// Returns a descriptor that can be read (eight bytes, without waiting) once a signal has set its flag; it
/// stays ours. -1 when a terminal is guarded already, or there are no descriptors left.
int cka_terminal_guard(int descriptor);

/// What is written to restore the terminal: bytes that leave the alternate screen, show the cursor, switch
/// off the mouse and so on. They are copied. False when there are more than 1024.
bool cka_terminal_set_restore(const char *bytes, size_t length);

/// Chains SIGWINCH to the handler that ncurses has installed, so that poll wakes up. Call after `newterm`.
void cka_terminal_watch_size(void);

/// Puts the saved modes back and the handlers away; call it after `endwin`.
void cka_terminal_release(void);

/// The flags of the signals that arrived, which are then forgotten.
int cka_terminal_take_signals(void);

/// Stops the program as the terminal driver's ^Z does, with every process of its job if `job`, and returns
/// when it is continued. The terminal must be restored already.
void cka_terminal_stop(bool job);
#endif
