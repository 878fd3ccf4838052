#!/usr/bin/env bash
# How fast the hash of checkpoints and data files is: XXH64 as the program has it, over a gigabyte
# that is in memory, in processor time of one core.
#
#     Benchmarks/hash-speed.sh
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cat > "$folder/speed.c" << 'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CHash.h"

int main(void) {
  const size_t size = (size_t)64 << 20;
  unsigned char *bytes = malloc(size);
  struct timespec begin, end;
  struct cka_xxh64 hash;
  if (bytes == NULL) return 1;
  memset(bytes, 7, size);
  cka_xxh64_begin(&hash);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  for (int i = 0; i < 16; i++) cka_xxh64_add(&hash, bytes, size);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
  printf("%.1f GB/s (xxh64:%016llx)\n", 16e-9 * (double)size / seconds,
         (unsigned long long)cka_xxh64_value(&hash));
  free(bytes);
  return 0;
}
END
cc -O2 -ISources/CHash/include -o "$folder/speed" "$folder/speed.c" Sources/CHash/xxh64.c
"$folder/speed"
