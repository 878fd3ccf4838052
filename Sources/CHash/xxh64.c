#include "CHash.h"

#include <string.h>

static const uint64_t prime1 = 0x9E3779B185EBCA87u;
static const uint64_t prime2 = 0xC2B2AE3D27D4EB4Fu;
static const uint64_t prime3 = 0x165667B19E3779F9u;
static const uint64_t prime4 = 0x85EBCA77C2B2AE63u;
static const uint64_t prime5 = 0x27D4EB2F165667C5u;

static uint64_t rotated(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

static uint64_t word64(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

static uint64_t word32(const uint8_t *bytes) {
  return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
}

static uint64_t stirred(uint64_t lane, uint64_t word) {
  return rotated(lane + word * prime2, 31) * prime1;
}

// Whole stripes of 32 bytes; returns what comes after them.
static const uint8_t *take_stripes(struct cka_xxh64 *hash, const uint8_t *bytes, size_t stripes) {
  uint64_t a = hash->lanes[0], b = hash->lanes[1], c = hash->lanes[2], d = hash->lanes[3];
  for (; stripes > 0; stripes--, bytes += 32) {
    a = stirred(a, word64(bytes));
    b = stirred(b, word64(bytes + 8));
    c = stirred(c, word64(bytes + 16));
    d = stirred(d, word64(bytes + 24));
  }
  hash->lanes[0] = a, hash->lanes[1] = b, hash->lanes[2] = c, hash->lanes[3] = d;
  return bytes;
}

void cka_xxh64_begin(struct cka_xxh64 *hash) {
  memset(hash, 0, sizeof *hash);
  hash->lanes[0] = prime1 + prime2;
  hash->lanes[1] = prime2;
  hash->lanes[3] = 0 - prime1;
}

void cka_xxh64_add(struct cka_xxh64 *hash, const void *data, size_t count) {
  const uint8_t *bytes = data;
  size_t waiting = hash->count % 32;
  if (count == 0) return;
  hash->count += count;
  if (waiting > 0) {
    size_t taken = count < 32 - waiting ? count : 32 - waiting;
    memcpy(hash->rest + waiting, bytes, taken);
    bytes += taken;
    count -= taken;
    if (waiting + taken < 32) return;
    take_stripes(hash, hash->rest, 1);
  }
  bytes = take_stripes(hash, bytes, count / 32);
  memcpy(hash->rest, bytes, count % 32);
}

uint64_t cka_xxh64_value(const struct cka_xxh64 *hash) {
  uint64_t value = prime5;
  if (hash->count >= 32) {
    const uint64_t *lanes = hash->lanes;
    value = rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
    for (int i = 0; i < 4; i++) value = (value ^ stirred(0, lanes[i])) * prime1 + prime4;
  }
  value += hash->count;
  const uint8_t *bytes = hash->rest;
  size_t left = hash->count % 32;
  for (; left >= 8; left -= 8, bytes += 8) {
    value = rotated(value ^ stirred(0, word64(bytes)), 27) * prime1 + prime4;
  }
  if (left >= 4) {
    value = rotated(value ^ word32(bytes) * prime1, 23) * prime2 + prime3;
    left -= 4, bytes += 4;
  }
  for (; left > 0; left--, bytes++) value = rotated(value ^ *bytes * prime5, 11) * prime1;
  value = (value ^ value >> 33) * prime2;
  value = (value ^ value >> 29) * prime3;
  return value ^ value >> 32;
}
