#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stddef.h>

/// Loads OpenBLAS at the first call and makes each of its calls run on the caller's thread alone;
/// safe from any thread. Linking it would cost every start of the program 2 ms and a thread for
/// each core.
/// - Returns: NULL when OpenBLAS is ready, else one line that says why it is not.
const char *copenblas_load(void);

/// OpenBLAS's own line about its version and build; NULL before a successful `copenblas_load`.
const char *copenblas_config(void);

/// c += a aᵀ, upper triangle only. a: n × k with `lda` elements from a row to the next; c: n × n
/// with `ldc`; row-major. Only after a successful `copenblas_load`.
void copenblas_ssyrk(int n, int k, const float *a, int lda, float *c, int ldc);

/// As `copenblas_ssyrk`, in float64.
void copenblas_dsyrk(int n, int k, const double *a, int lda, double *c, int ldc);

/// c += a bᵀ. a: m × k, b: n × k, c: m × n; row-major, with `lda`, `ldb`, `ldc` elements from a row
/// to the next. Only after a successful `copenblas_load`.
void copenblas_dgemm_nt(
    int m, int n, int k, const double *a, int lda, const double *b, int ldb, double *c, int ldc);

/// c += aᵀ b. a: k × m, b: k × n, c: m × n; otherwise as `copenblas_dgemm_nt`.
void copenblas_dgemm_tn(
    int m, int n, int k, const double *a, int lda, const double *b, int ldb, double *c, int ldc);

#endif
