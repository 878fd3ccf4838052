// The Gram matrix of few samples with many features. A general SSYRK packs its operand twice and
// forms whole squares at the diagonal; here one packed copy serves both sides, features are shifted
// while they are packed, and only the triangle is formed. Vectors of 8 floats are the compiler's
// own, so the same source serves AVX2 and NEON.
#include "cgram.h"

#include <string.h>

typedef float v8 __attribute__((vector_size(32)));
typedef double d8 __attribute__((vector_size(64)));
typedef float v8_any __attribute__((vector_size(32), aligned(1)));
typedef double d8_any __attribute__((vector_size(64), aligned(8)));

#if defined(__x86_64__)
#define KERNEL __attribute__((target("avx2,fma")))
#else
#define KERNEL
#endif
#define INLINE KERNEL static inline __attribute__((always_inline))

enum { panel = cgram_panel, lanes = 8, most_features = 512, packed_floats = 65536 };

int cgram_is_fast(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
  return 1;
#else
  return 0;
#endif
}

ptrdiff_t cgram_pitch(ptrdiff_t rows) { return (rows + panel - 1) / panel * panel; }

ptrdiff_t cgram_block(ptrdiff_t rows) {
  ptrdiff_t fit = packed_floats / (cgram_pitch(rows) + 1) / lanes * lanes;
  return fit < 4 * lanes ? 4 * lanes : fit > most_features ? most_features : fit;
}

ptrdiff_t cgram_scratch(ptrdiff_t rows) {
  return (cgram_pitch(rows) + 1) * cgram_block(rows);
}

/// Exchanges rows and columns of 8 × 8 floats.
INLINE void transpose(v8 r[lanes]) {
#define PICK __builtin_shufflevector
  v8 pairs[lanes], fours[lanes];
  for (int i = 0; i < 4; i++) {
    pairs[2 * i] = PICK(r[2 * i], r[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[2 * i + 1] = PICK(r[2 * i], r[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 2; i++) {
    for (int h = 0; h < 2; h++) {
      v8 a = pairs[4 * i + h], b = pairs[4 * i + h + 2];
      fours[4 * i + 2 * h] = PICK(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
      fours[4 * i + 2 * h + 1] = PICK(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < 4; i++) {
    r[i] = PICK(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = PICK(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
#undef PICK
}

INLINE v8 load(const char *x) { return *(const v8_any *)x; }

/// The mean of the first rows, as the first row plus the mean difference from it: exactly the value
/// of a constant feature.
KERNEL static void find_centre(
    const char *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *centre) {
  ptrdiff_t first = rows < lanes ? rows : lanes;
  for (ptrdiff_t k = 0; k < columns; k += lanes) {
    v8 start = load(x + 4 * k), sum = start - start;
    for (ptrdiff_t i = 1; i < first; i++) sum += load(x + i * stride + 4 * k) - start;
    *(v8 *)(centre + k) = start + sum * (1.0f / (float)first);
  }
}

/// Writes shifted features as panels of 16 samples, feature after feature: element (i, k) goes to
/// packed[(i / 16) * 16 * columns + 16 * k + i % 16]. Samples beyond `rows` become 0. Every cache
/// line of `x` is read once, eight rows at a time: rows are often a power of two apart, where a
/// cache of eight ways holds no more of them.
/// - Precondition: columns is a multiple of 8.
KERNEL static void pack(
    const char *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, const float *centre,
    float *packed) {
  for (ptrdiff_t first = 0; first < cgram_pitch(rows); first += lanes) {
    const char *row[lanes];
    for (ptrdiff_t i = 0; i < lanes; i++) {
      row[i] = first + i < rows ? x + (first + i) * stride : (const char *)centre;
    }
    float *out = packed + first / panel * panel * columns + first % panel;
    for (ptrdiff_t k = 0; k < columns; k += lanes) {
      v8 shift = *(const v8 *)(centre + k), block[lanes];
      for (int i = 0; i < lanes; i++) block[i] = load(row[i] + 4 * k) - shift;
      transpose(block);
      for (int i = 0; i < lanes; i++) *(v8 *)(out + (k + i) * panel) = block[i];
    }
  }
}

INLINE void add(double *sums, v8 products) {
  *(d8_any *)sums += __builtin_convertvector(products, d8);
}

/// Adds the products of `height` samples from `i` on with the 16 samples of panel `b`.
#define DEFINE_TILE(height)                                                                   \
  KERNEL static void tile##height(                                                            \
      const float *packed, ptrdiff_t columns, ptrdiff_t i, const float *b, double *sums,      \
      ptrdiff_t pitch) {                                                                      \
    const float *a[height];                                                                   \
    v8 s[height][2] = {};                                                                     \
    for (ptrdiff_t r = 0; r < height; r++) {                                                  \
      a[r] = packed + (i + r) / panel * panel * columns + (i + r) % panel;                    \
    }                                                                                         \
    for (ptrdiff_t k = 0; k < columns * panel; k += panel) {                                  \
      v8 left = *(const v8 *)(b + k), right = *(const v8 *)(b + k + lanes);                   \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < height; r++) {                   \
        s[r][0] += a[r][k] * left;                                                            \
        s[r][1] += a[r][k] * right;                                                           \
      }                                                                                       \
    }                                                                                         \
    for (int r = 0; r < height; r++) {                                                        \
      add(sums + (i + r) * pitch, s[r][0]);                                                   \
      add(sums + (i + r) * pitch + lanes, s[r][1]);                                           \
    }                                                                                         \
  }

// Six rows fill the 16 vector registers of AVX2; four complete what six do not divide.
DEFINE_TILE(6)
DEFINE_TILE(4)

/// Adds the products of the last eight samples of a panel with one another.
KERNEL static void corner(const float *a, ptrdiff_t columns, double *sums, ptrdiff_t pitch) {
  v8 s[lanes] = {};
  for (ptrdiff_t k = 0; k < columns * panel; k += panel) {
    v8 right = *(const v8 *)(a + k);
    _Pragma("clang loop unroll(full)") for (int r = 0; r < lanes; r++) s[r] += a[k + r] * right;
  }
  for (int r = 0; r < lanes; r++) add(sums + r * pitch, s[r]);
}

/// Adds the products of all packed samples.
KERNEL static void multiply(
    const float *packed, ptrdiff_t columns, double *sums, ptrdiff_t pitch) {
  for (ptrdiff_t j = 0; j < pitch; j += panel) {
    const float *b = packed + j * columns;
    ptrdiff_t i = 0, height = j + lanes;
    // 8, 24, 40, … rows: sixes, then one or two fours.
    for (; height - i >= 6 && height - i != 8; i += 6) tile6(packed, columns, i, b, sums + j, pitch);
    for (; i < height; i += 4) tile4(packed, columns, i, b, sums + j, pitch);
    corner(b + lanes, columns, sums + height * pitch + height, pitch);
  }
}

/// The last features, fewer than 8, as eight: 0 fills what is missing.
static void widen(
    const char *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *wide) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    memset(wide + i * lanes, 0, lanes * sizeof *wide);
    memcpy(wide + i * lanes, x + i * stride, (size_t)columns * sizeof *wide);
  }
}

static void add_block(
    const char *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *scratch,
    double *sums, cgram_spread *spread) {
  float *packed = scratch + cgram_block(rows);
  ptrdiff_t pitch = cgram_pitch(rows);
  find_centre(x, stride, rows, columns, scratch);
  pack(x, stride, rows, columns, scratch, packed);
  multiply(packed, columns, sums, pitch);
  double trace = 0;
  for (ptrdiff_t i = 0; i < rows; i++) trace += sums[i * (pitch + 1)];
  double growth = trace - spread->trace;
  spread->trace = trace;
  spread->squares += growth * growth;
}

void cgram_add(
    const void *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *scratch,
    double *sums, cgram_spread *spread) {
  const char *start = x;
  ptrdiff_t whole = columns / lanes * lanes;
  for (ptrdiff_t k = 0; k < whole; k += cgram_block(rows)) {
    ptrdiff_t width = whole - k < cgram_block(rows) ? whole - k : cgram_block(rows);
    add_block(start + 4 * k, stride, rows, width, scratch, sums, spread);
  }
  if (whole < columns) {
    // A block has at least 32 features, so behind the 8 packed ones 8 more for each row have room.
    float *wide = scratch + cgram_scratch(rows) - lanes * rows;
    widen(start + 4 * whole, stride, rows, columns - whole, wide);
    add_block(
        (const char *)wide, lanes * (ptrdiff_t)sizeof *wide, rows, lanes, scratch, sums, spread);
  }
}
