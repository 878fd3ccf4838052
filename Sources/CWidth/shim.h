#ifndef CWIDTH_SHIM_H
#define CWIDTH_SHIM_H
// wcwidth hides behind _XOPEN_SOURCE, which Swift's Glibc module does not define.
#include <wchar.h>
extern int wcwidth(wchar_t);
static inline int cka_cells(unsigned scalar) { return wcwidth((wchar_t)scalar); }
#endif
