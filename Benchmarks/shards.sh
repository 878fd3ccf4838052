#!/usr/bin/env bash
# What splitting a run costs: one run against 1, 2, 4 and 8 shards, one after the other, and their merge; the bytes of
# a part, and whether the figures are the same, to the bit.
#
#   Benchmarks/shards.sh CKA [LAYERS [MINIBATCHES [SAMPLES]]]     by default 200 layers, 64 minibatches of 64 samples
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,6p' "$0" >&2; exit 64; }
cka=$(realpath "$1") layers=${2:-200} minibatches=${3:-64} samples=${4:-64}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

python3 - "$layers" $((minibatches * samples)) <<'PY'
import array, json, random, struct, sys
layers, samples, features = int(sys.argv[1]), int(sys.argv[2]), 8
size = samples * features * 4
header = {f"net/layer{i}": {"dtype": "F32", "shape": [samples, features],
                            "data_offsets": [i * size, (i + 1) * size]} for i in range(layers)}
text = json.dumps(header).encode()
noise = random.Random(1)
with open("net.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    for _ in range(layers):
        # Bytes of small numbers: 2^-1 to 2^0 with any mantissa.
        words = array.array("I", noise.randbytes(size))
        file.write(array.array("I", (0x3F000000 | word >> 9 for word in words)).tobytes())
PY

run() { "$cka" compute net.safetensors --batch-size "$samples" --keep sums --quiet "$@"; }
figures() {
  python3 -c '
import struct, sys
data = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(data[8 + struct.unpack("<Q", data[:8])[0]:])' "$1" | sha256sum
}
now() { date +%s.%N; }
took() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }

run -o warm.cka.safetensors
start=$(now)
run -o one.cka.safetensors
echo "$layers layers, $minibatches minibatches of $samples: one run $(took "$start") s"
expected=$(figures one.cka.safetensors)
for count in 1 2 4 8; do
  start=$(now)
  for number in $(seq "$count"); do run --shard "$number/$count" -o "part-$count-$number.cka.safetensors"; done
  shards=$(took "$start")
  largest=$(stat -c %s part-"$count"-*.cka.safetensors | sort -n | tail -1)
  start=$(now)
  "$cka" merge part-"$count"-*.cka.safetensors -o all.cka.safetensors --quiet
  merge=$(took "$start")
  [ "$(figures all.cka.safetensors)" = "$expected" ] && same=yes || same=NO
  echo "$count shards: $shards s in all, the largest part $((largest / 1000)) KB, merge $merge s, the same bits: $same"
  [ "$same" = yes ]
done
