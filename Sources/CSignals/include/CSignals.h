#ifndef CSIGNALS_H
#define CSIGNALS_H
// Code that runs inside a signal handler. It is C because only async-signal-safe calls may be made
// there, and the Swift runtime promises none.
#include <stdbool.h>
#include <stddef.h>

/// Registers a read-only file mapping whose pages may vanish when another program truncates the file.
/// A read past the new end then yields bytes 0xFF (NaN in every float format) instead of a crash.
/// Returns false when the table of mappings is full: read the file instead of mapping it.
bool cka_guard_mapping(const void *start, size_t length);

/// Forgets a mapping; call it before munmap.
void cka_forget_mapping(const void *start);

/// True once a read of the mapping that starts at `start` met a page that its file no longer backs.
bool cka_mapping_was_truncated(const void *start);
#endif
