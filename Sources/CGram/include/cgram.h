#ifndef CGRAM_H
#define CGRAM_H

#include <stddef.h>

/// Rows that stand side by side in the packed block, and what `cgram_pitch` rounds up to.
enum { cgram_panel = 16 };

/// Whether this processor runs the kernel fast: x86-64 with AVX2 and FMA, or arm64.
int cgram_is_fast(void);

/// Rows and columns of the square array that sums for `rows` samples need: `rows` rounded up to a
/// multiple of 16.
ptrdiff_t cgram_pitch(ptrdiff_t rows);

/// Features that are packed at once: about 256 KiB of them, so that the block stays in the
/// second-level cache, and at most 512, so that float32 sums stay short.
ptrdiff_t cgram_block(ptrdiff_t rows);

/// Floats of scratch that `cgram_add` needs for `rows` samples.
ptrdiff_t cgram_scratch(ptrdiff_t rows);

/// How the trace of a Gram matrix came together from its blocks of features: rounding errors of
/// blocks are independent, so that many even blocks have smaller ones than a single one.
typedef struct {
  /// The trace after the last block.
  double trace;
  /// Sum of the squares of what each block added to it.
  double squares;
} cgram_spread;

/// Adds (X − 1cᵀ)(X − 1cᵀ)ᵀ to the upper triangle of `sums`.
///
/// X is rows × columns, float32, row-major; c is the mean of its first eight rows, feature by
/// feature. Centring both sides of the result afterwards gives the Gram matrix of the centred
/// features exactly: it does not depend on c, which only keeps large means from cancelling. A
/// feature that is constant adds exactly 0.
///
/// Products are summed in float32 over one block of features and in float64 over blocks. The bits
/// depend on the arguments' values only.
/// - Parameters:
///   - x: any alignment.
///   - stride: bytes from a sample to the next.
///   - scratch: `cgram_scratch(rows)` floats, aligned to 64 bytes.
///   - sums: `cgram_pitch(rows)` squared, row-major. Entries below the diagonal, and beyond `rows`,
///     are left in any state.
///   - spread: is brought up to date; zeros before the first call.
void cgram_add(
    const void *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *scratch,
    double *sums, cgram_spread *spread);

#endif
