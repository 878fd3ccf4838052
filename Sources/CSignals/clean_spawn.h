#ifndef CKA_CLEAN_SPAWN_H
#define CKA_CLEAN_SPAWN_H

#include <signal.h>
#include <spawn.h>

// Every signal has its default action in the new process and none is blocked; `flags` are set besides.
static inline int cka_spawn_with_clean_signals(posix_spawnattr_t *attributes, int flags) {
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  int error = posix_spawnattr_setsigdefault(attributes, &all);
  if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) {
    error = posix_spawnattr_setflags(
        attributes, (short)(flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
  }
  return error;
}

#endif
