#ifndef CGRAM_WHOLE_H
#define CGRAM_WHOLE_H

#include <stddef.h>

/// Runs `work(data)` on so many threads at once, or on fewer, and waits for all: what OpenMP's
/// runtimes export as GOMP_parallel. Whoever calls it has threads of its own already.
typedef void (*cgram_parallel)(void (*work)(void *), void *data, unsigned threads, unsigned flags);

/// The version of these functions: 2. Who loads them at run time must not call those of another
/// version, which take other arguments.
int cgram_whole_version(void);

/// Bytes that `cgram_whole` works in, for so many samples and features.
ptrdiff_t cgram_whole_room(ptrdiff_t rows, ptrdiff_t columns);

/// Writes the Gram matrix of features centred over their samples to `out`, rows × rows, row-major.
///
/// Features are cut into up to 8 parts, which up to so many `threads` of `parallel`'s form; the bits
/// depend on neither.
/// - Parameters:
///   - x: rows × columns, float32; `stride` bytes from a sample to the next.
///   - parallel: may be null: all is formed here.
///   - room: `cgram_whole_room` bytes, aligned to 64.
/// - Returns: whether the distances of samples are as exact as the features allow. Where a sample
///   lies so far away that they may be lost in float32, or a feature is not finite, it is 0, and
///   what was written should not be used.
int cgram_whole(
    const void *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t threads,
    cgram_parallel parallel, void *room, float *out);

#endif
