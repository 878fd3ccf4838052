#include "CSignals.h"
#include "mapping.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <termios.h>
#include <unistd.h>

enum { max_restore = 1024, stack_size = 64 * 1024 };

// Signals are numbered from 1 to 64.
enum { signal_count = 65 };

// Whether a signal ends the program where nobody does anything about it: all but those that cannot be caught,
// those that stop, continue or do nothing, and those that the C library keeps to itself.
static bool is_fatal(int number) {
  switch (number) {
    case SIGKILL:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGCONT:
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH: return false;
    default: return number < 32 || (number >= SIGRTMIN && number <= SIGRTMAX);
  }
}

// Written before `armed` becomes true and read by handlers only after they took it back to false.
static struct {
  int descriptor;
  pid_t owner;
  bool has_modes;
  struct termios modes;
} guarded;

// Two texts, so that a handler never reads the one that is being replaced.
static struct {
  size_t length;
  char bytes[max_restore];
} texts[2];
static atomic_int current_text;

// Created once, and never closed: a late handler may still write to it.
static int wake = -1;
static atomic_bool armed;
static atomic_int pending;
static struct sigaction previous_fatal[signal_count];
// Others installed a handler after ours, which they call: it cannot be taken away, nor installed again.
static bool stays_behind[signal_count];
static struct sigaction previous_stop, previous_continue, previous_size;
static bool watches_size;
static _Alignas(16) char stack[stack_size];

// Only async-signal-safe calls. At most one caller gets past the first line.
static void restore_terminal(void) {
  if (!atomic_exchange(&armed, false) || getpid() != guarded.owner) return;
  int text = atomic_load(&current_text);
  const char *bytes = texts[text].bytes;
  size_t left = texts[text].length;
  while (left > 0) {
    ssize_t written = write(guarded.descriptor, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    bytes += written;
    left -= (size_t)written;
  }
  // Without blocking TTOU, a program in the background would be stopped here instead of dying.
  sigset_t output, before;
  sigemptyset(&output);
  sigaddset(&output, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &output, &before);
  if (guarded.has_modes) tcsetattr(guarded.descriptor, TCSANOW, &guarded.modes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_fatal(int number, siginfo_t *info, void *context) {
  (void)context;
  if (number == SIGBUS && info->si_code > 0 && cka_recover_mapping(info)) return;
  int error = errno;
  restore_terminal();
  sigaction(number, &previous_fatal[number], NULL);
  // A fault happens again as soon as the handler returns, with its address for whoever handles it next (such
  // as Swift's backtracer). A signal that was sent, or a breakpoint that was passed, has to be sent again.
  if (info->si_code <= 0 || number == SIGTRAP) raise(number);
  errno = error;
}

static void note(int flag) {
  int error = errno;
  atomic_fetch_or(&pending, flag);
  uint64_t one = 1;
  ssize_t ignored = write(wake, &one, sizeof one);
  (void)ignored;
  errno = error;
}

static void on_stop(int number) {
  (void)number;
  note(cka_stop_requested);
}

static void on_continue(int number) {
  (void)number;
  note(cka_continued);
}

static void on_size(int number) {
  if (!(previous_size.sa_flags & SA_SIGINFO) && previous_size.sa_handler != SIG_DFL &&
      previous_size.sa_handler != SIG_IGN) {
    previous_size.sa_handler(number);
  }
  note(cka_size_changed);
}

static void install_plain(int number, void (*handler)(int), struct sigaction *previous) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, previous);
}

static void install_fatal(void) {
  struct sigaction action = {0};
  action.sa_sigaction = on_fatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (int i = 1; i < signal_count; i++) {
    if (!is_fatal(i) || stays_behind[i]) continue;
    sigaction(i, &action, &previous_fatal[i]);
    // `nohup` and the like: what was ignored stays ignored.
    bool ignored = !(previous_fatal[i].sa_flags & SA_SIGINFO) &&
                   previous_fatal[i].sa_handler == SIG_IGN;
    if (ignored) sigaction(i, &previous_fatal[i], NULL);
  }
}

// A stack overflow leaves no room for a handler on the ordinary stack.
static void install_stack(void) {
  stack_t present;
  if (sigaltstack(NULL, &present) == 0 && !(present.ss_flags & SS_DISABLE)) return;
  stack_t fresh = {.ss_sp = stack, .ss_size = stack_size};
  sigaltstack(&fresh, NULL);
}

bool cka_terminal_set_restore(const char *bytes, size_t length) {
  if (length > max_restore) return false;
  int next = 1 - atomic_load(&current_text);
  memcpy(texts[next].bytes, bytes, length);
  texts[next].length = length;
  atomic_store(&current_text, next);
  return true;
}

int cka_terminal_guard(int descriptor) {
  static bool restores_at_exit;
  if (atomic_load(&armed)) return -1;
  if (wake < 0) wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake < 0) return -1;
  cka_terminal_set_restore("", 0);
  guarded.descriptor = descriptor;
  guarded.owner = getpid();
  guarded.has_modes = tcgetattr(descriptor, &guarded.modes) == 0;
  if (!restores_at_exit) restores_at_exit = atexit(restore_terminal) == 0;
  install_stack();
  atomic_store(&pending, 0);
  atomic_store(&armed, true);
  install_fatal();
  install_plain(SIGTSTP, on_stop, &previous_stop);
  install_plain(SIGCONT, on_continue, &previous_continue);
  return wake;
}

void cka_terminal_watch_size(void) {
  if (watches_size) return;
  watches_size = true;
  install_plain(SIGWINCH, on_size, &previous_size);
}

void cka_terminal_release(void) {
  if (atomic_exchange(&armed, false) && guarded.has_modes) {
    tcsetattr(guarded.descriptor, TCSANOW, &guarded.modes);
  }
  for (int i = 1; i < signal_count; i++) {
    struct sigaction present;
    if (!is_fatal(i)) continue;
    sigaction(i, NULL, &present);
    bool ours = (present.sa_flags & SA_SIGINFO) && present.sa_sigaction == on_fatal;
    bool ignored = !(present.sa_flags & SA_SIGINFO) && present.sa_handler == SIG_IGN;
    stays_behind[i] = !ours && !ignored;
    if (ours) sigaction(i, &previous_fatal[i], NULL);
  }
  sigaction(SIGTSTP, &previous_stop, NULL);
  sigaction(SIGCONT, &previous_continue, NULL);
  if (watches_size) sigaction(SIGWINCH, &previous_size, NULL);
  watches_size = false;
}

int cka_terminal_take_signals(void) { return atomic_exchange(&pending, 0); }

void cka_terminal_stop(bool job) {
  struct sigaction action = {0}, mine;
  atomic_store(&armed, false);
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTSTP, &action, &mine);
  if (job) {
    kill(0, SIGTSTP);
  } else {
    raise(SIGTSTP);
  }
  sigaction(SIGTSTP, &mine, NULL);
  atomic_store(&armed, true);
}
