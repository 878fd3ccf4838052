#include "copenblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// The values of cblas.h that are used here; they are part of its binary interface.
enum { row_major = 101, plain = 111, transposed = 112, upper = 121 };

typedef void ssyrk_function(
    int, int, int, int, int, float, const float *, int, float, float *, int);
typedef void dsyrk_function(
    int, int, int, int, int, double, const double *, int, double, double *, int);
typedef void dgemm_function(
    int, int, int, int, int, int, double, const double *, int, const double *, int, double,
    double *, int);

// Written once, under `once`, and only read afterwards.
static ssyrk_function *ssyrk;
static dsyrk_function *dsyrk;
static dgemm_function *dgemm;
static const char *config;
static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found && !failure[0]) {
    snprintf(
        failure, sizeof failure, "this OpenBLAS has no %s; install libopenblas0-pthread", name);
  }
  return found;
}

static void load(void) {
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!library) {
    const char *reason = dlerror();
    snprintf(
        failure, sizeof failure, "OpenBLAS does not load (%s); install libopenblas0-pthread",
        reason ? reason : "no reason given");
    return;
  }
  ssyrk = (ssyrk_function *)symbol(library, "cblas_ssyrk");
  dsyrk = (dsyrk_function *)symbol(library, "cblas_dsyrk");
  dgemm = (dgemm_function *)symbol(library, "cblas_dgemm");
  void (*set_threads)(int) = (void (*)(int))symbol(library, "openblas_set_num_threads");
  char *(*get_config)(void) = (char *(*)(void))symbol(library, "openblas_get_config");
  if (failure[0]) return;
  config = get_config();
  if (strstr(config, "USE64BITINT")) {
    snprintf(
        failure, sizeof failure,
        "this OpenBLAS has 64-bit integers, which cblas.h does not; install libopenblas0-pthread");
    return;
  }
  set_threads(1);
}

const char *copenblas_load(void) {
  pthread_once(&once, load);
  return failure[0] ? failure : NULL;
}

const char *copenblas_config(void) { return config; }

void copenblas_ssyrk(int n, int k, const float *a, int lda, float *c, int ldc) {
  ssyrk(row_major, upper, plain, n, k, 1, a, lda, 1, c, ldc);
}

void copenblas_dsyrk(int n, int k, const double *a, int lda, double *c, int ldc) {
  dsyrk(row_major, upper, plain, n, k, 1, a, lda, 1, c, ldc);
}

void copenblas_dgemm_nt(
    int m, int n, int k, const double *a, int lda, const double *b, int ldb, double *c, int ldc) {
  dgemm(row_major, plain, transposed, m, n, k, 1, a, lda, b, ldb, 1, c, ldc);
}

void copenblas_dgemm_tn(
    int m, int n, int k, const double *a, int lda, const double *b, int ldb, double *c, int ldc) {
  dgemm(row_major, transposed, plain, m, n, k, 1, a, lda, b, ldb, 1, c, ldc);
}
