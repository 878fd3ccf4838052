#ifndef CSIGNALS_MAPPING_H
#define CSIGNALS_MAPPING_H
#include <signal.h>
#include <stdbool.h>

// Mends a guarded mapping whose file was truncated; false when the fault is of another kind. Both SIGBUS
// handlers of this module ask it first, so that it does not matter which of them was installed first.
bool cka_recover_mapping(const siginfo_t *info);
#endif
