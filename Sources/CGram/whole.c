// A whole centred Gram matrix from features in memory, for callers without Swift: the Python
// package calls it within its hooks, on the memory of a tensor.
#include "cgram_whole.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "cgram.h"

// How much rounding may change an RBF kernel of half the median distance.
static const double most_loss = 3e-4;
// The largest ratio of the greatest square to the median squared distance for which that is certain:
// 3e-4 / (4 · 2^-24 (√512 + 2) · 4).
static const double most_ratio = 12.5;
// A part takes room and time of its own, for at least so many blocks of features.
enum { most_parts = 8, fewest_blocks = 8 };

typedef struct {
  const char *x;
  ptrdiff_t stride, rows, columns, parts, blocks;
  char *room;
  atomic_long next;
} whole_job;

int cgram_whole_version(void) { return 2; }

static ptrdiff_t scratch_bytes(ptrdiff_t rows) {
  return (cgram_scratch(rows) * (ptrdiff_t)sizeof(float) + 63) / 64 * 64;
}

static ptrdiff_t sums_bytes(ptrdiff_t rows) {
  return cgram_pitch(rows) * cgram_pitch(rows) * (ptrdiff_t)sizeof(double);
}

static ptrdiff_t blocks_of(ptrdiff_t rows, ptrdiff_t columns) {
  return (columns + cgram_block(rows) - 1) / cgram_block(rows);
}

/// Parts that features are cut into: by their number alone, so that threads change no bit.
static ptrdiff_t parts_of(ptrdiff_t rows, ptrdiff_t columns) {
  ptrdiff_t parts = blocks_of(rows, columns) / fewest_blocks;
  return parts < 1 ? 1 : parts > most_parts ? most_parts : parts;
}

ptrdiff_t cgram_whole_room(ptrdiff_t rows, ptrdiff_t columns) {
  ptrdiff_t parts = parts_of(rows, columns);
  return parts * (scratch_bytes(rows) + sums_bytes(rows)) +
         (rows + rows * rows / 2) * (ptrdiff_t)sizeof(double);
}

static double *sums_of(const whole_job *job, ptrdiff_t part) {
  return (double *)(job->room + job->parts * scratch_bytes(job->rows) +
                    part * sums_bytes(job->rows));
}

/// Forms parts until none is left.
static void form_parts(void *data) {
  whole_job *job = data;
  for (;;) {
    ptrdiff_t part = atomic_fetch_add(&job->next, 1);
    if (part >= job->parts) return;
    ptrdiff_t block = cgram_block(job->rows);
    ptrdiff_t first = part * job->blocks / job->parts * block;
    ptrdiff_t end = (part + 1) * job->blocks / job->parts * block;
    ptrdiff_t width = (end < job->columns ? end : job->columns) - first;
    double *sums = sums_of(job, part);
    memset(sums, 0, (size_t)sums_bytes(job->rows));
    cgram_spread spread = {0, 0};
    float *scratch = (float *)(job->room + part * scratch_bytes(job->rows));
    cgram_add(job->x + 4 * first, job->stride, job->rows, width, scratch, sums, &spread);
  }
}

/// Adds the upper triangles of all parts to that of the first.
static void gather(const whole_job *job) {
  ptrdiff_t pitch = cgram_pitch(job->rows);
  double *total = sums_of(job, 0);
  for (ptrdiff_t part = 1; part < job->parts; part++) {
    const double *sums = sums_of(job, part);
    for (ptrdiff_t i = 0; i < job->rows; i++) {
      for (ptrdiff_t j = i; j < job->rows; j++) total[i * pitch + j] += sums[i * pitch + j];
    }
  }
}

/// Writes both triangles, less the means of rows and columns.
static void centre(const double *sums, ptrdiff_t rows, double *means, float *out) {
  ptrdiff_t pitch = cgram_pitch(rows);
  memset(means, 0, (size_t)rows * sizeof *means);
  for (ptrdiff_t i = 0; i < rows; i++) {
    double own = sums[i * pitch + i];
    for (ptrdiff_t j = i + 1; j < rows; j++) {
      own += sums[i * pitch + j];
      means[j] += sums[i * pitch + j];
    }
    means[i] += own;
  }
  double mean = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    means[i] /= (double)rows;
    mean += means[i] / (double)rows;
  }
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (ptrdiff_t j = i; j < rows; j++) {
      float value = (float)(sums[i * pitch + j] - means[i] - means[j] + mean);
      out[i * rows + j] = value;
      out[j * rows + i] = value;
    }
  }
}

static double squared_distance(const double *sums, ptrdiff_t pitch, ptrdiff_t i, ptrdiff_t j) {
  double distance = sums[i * (pitch + 1)] + sums[j * (pitch + 1)] - 2 * sums[i * pitch + j];
  return distance > 0 ? distance : 0;
}

/// Moves the k-th smallest value to its place and returns it.
static double select_value(double *values, ptrdiff_t count, ptrdiff_t k) {
  ptrdiff_t first = 0, last = count - 1;
  while (first < last) {
    double pivot = values[first + (last - first) / 2];
    ptrdiff_t i = first, j = last;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      double other = values[i];
      values[i++] = values[j];
      values[j--] = other;
    }
    if (k <= j) {
      last = j;
    } else if (k >= i) {
      first = i;
    } else {
      break;
    }
  }
  return values[k];
}

/// Whether rounding may have changed an RBF kernel of half the median distance too much.
///
/// A distance is off by about 2^-24 (√b + 2) (‖a‖ + ‖b‖)², where b features are summed in float32
/// (Higham and Mary 2019).
static int loses_distances(
    const double *sums, const double *squares, ptrdiff_t rows, ptrdiff_t columns,
    double *distances) {
  ptrdiff_t pitch = cgram_pitch(rows), count = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (ptrdiff_t j = i + 1; j < rows; j++) {
      distances[count++] = squared_distance(sums, pitch, i, j);
    }
  }
  double median = select_value(distances, count, (count - 1) / 2);
  if (!(median > 0)) return 1;
  ptrdiff_t block = cgram_block(rows) < columns ? cgram_block(rows) : columns;
  double rounding = 0x1p-24 * (sqrt((double)block) + 2), wrong = 0, right = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (ptrdiff_t j = i + 1; j < rows; j++) {
      double kernel = exp(-2 * squared_distance(sums, pitch, i, j) / median);
      double norms = sqrt(squares[i]) + sqrt(squares[j]);
      double off = 4 * kernel * rounding * norms * norms / median;
      wrong += off * off;
      right += kernel * kernel;
    }
  }
  return wrong > most_loss * most_loss * right;
}

/// Whether distances are as exact as float32 features allow, by a bound where that is enough.
///
/// Rounding is that of products about the shift that was taken off, and that of the result, which is
/// about the mean: the greater square of both counts.
/// - Parameter squares: room for `rows`.
static int has_distances(
    const double *sums, const float *gram, ptrdiff_t rows, ptrdiff_t columns, double *squares,
    double *distances) {
  ptrdiff_t pitch = cgram_pitch(rows), far = 0;
  double most = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    double shifted = sums[i * (pitch + 1)], centred = gram[i * (rows + 1)];
    if (!isfinite(shifted) || !isfinite(centred)) return 0;
    squares[i] = shifted > centred ? shifted : centred;
    if (squares[i] > most) most = squares[i];
  }
  double least = most / most_ratio;
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (ptrdiff_t j = i + 1; j < rows; j++) far += squared_distance(sums, pitch, i, j) > least;
  }
  if (most == 0 || 4 * far > rows * (rows - 1)) return 1;
  return !loses_distances(sums, squares, rows, columns, distances);
}

int cgram_whole(
    const void *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t threads,
    cgram_parallel parallel, void *room, float *out) {
  whole_job job = {.x = x, .stride = stride, .rows = rows, .columns = columns, .room = room};
  job.parts = parts_of(rows, columns);
  job.blocks = blocks_of(rows, columns);
  if (threads > job.parts) threads = job.parts;
  if (parallel && threads > 1) {
    parallel(form_parts, &job, (unsigned)threads, 0);
  } else {
    form_parts(&job);
  }
  gather(&job);
  double *sums = sums_of(&job, 0);
  double *means = (double *)((char *)room + job.parts * (scratch_bytes(rows) + sums_bytes(rows)));
  centre(sums, rows, means, out);
  return has_distances(sums, out, rows, columns, means, means + rows);
}
