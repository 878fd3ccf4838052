#ifndef CHASH_H
#define CHASH_H

// XXH64, a fast hash of 64 bits that is well defined on every machine (Collet, "xxHash fast digest algorithm",
// specification 0.1.1, seed 0): `xxhsum -H1` and Python's `xxhash.xxh64` give the same. It finds damage; it
// guards against nobody who wants to deceive.

#include <stddef.h>
#include <stdint.h>

/// A hash in the making.
struct cka_xxh64 {
  uint64_t lanes[4];
  uint64_t count;
  uint8_t rest[32];
};

/// Begins a hash.
void cka_xxh64_begin(struct cka_xxh64 *hash);

/// Takes in the next bytes.
void cka_xxh64_add(struct cka_xxh64 *hash, const void *bytes, size_t count);

/// The hash of all bytes so far, which may be followed by more.
uint64_t cka_xxh64_value(const struct cka_xxh64 *hash);

#endif
