#!/usr/bin/env bash
# `cka submit --slurm` on a real Slurm of two nodes: shards that are killed, requeued and lose their node, a job that
# is cancelled and resumed, and figures that are those of one run, to the bit.
#
#   Tests/slurm.sh CKA     CKA is the program; as root, with slurm-wlm, munge, tmux and the tests' Python
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,6p' "$0" >&2; exit 64; }
cka=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
session=cka-slurm-$$

leave() {
  tmux -L "$session" kill-server 2>/dev/null || true
  if [ -f "$place/lab/env" ]; then
    scancel --quiet -u "$(id -un)" || true
    sleep 1
    bash "$here/slurm-lab.sh" stop "$place/lab"
    sleep 2
  fi
  rm -rf "$place"
}
trap leave EXIT

fail() {
  echo "slurm: $*" >&2
  squeue -r >&2 || true
  "$cka" jobs >&2 || true
  tail -n 5 "$XDG_STATE_HOME"/cka/jobs/*/parts/*.txt "$XDG_STATE_HOME"/cka/jobs/*/log.txt >&2 || true
  exit 1
}

# until_true SECONDS WHAT COMMAND…
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || fail "never came: $what"
    sleep 0.2
  done
}

# field ID KEY: of what `cka jobs show --json` says; a dot leads further in.
field() {
  "$cka" jobs show "$1" --json | python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = (value or {}).get(key)
print(value)' "$2"
}
state_is() { [ "$(field "$1" state)" = "$2" ]; }
count_is_at_least() { [ "$(field "$1" "shards.$2")" -ge "$3" ]; }
progress_of() { cat "$XDG_STATE_HOME/cka/jobs/$1/parts/part-$2.json" 2>/dev/null || true; }
is_under_way() { progress_of "$1" "$2" | grep -q '"done":[1-9]'; }
node_is_used() { squeue -h -t RUNNING -w "$1" -o %K | grep -q '[0-9]'; }
# A squeue that fails says nothing, which is not an empty queue.
is_queue_empty() { local queue; queue=$(squeue -h) && [ -z "$queue" ]; }
shard_process() { pgrep -f "shard $XDG_STATE_HOME/cka/jobs/$1 $2\$"; }
# same_figures A B: all that follows the headers of two bundles is the same.
same_figures() {
  python3 -c '
import struct, sys
def figures(path):
    data = open(path, "rb").read()
    return data[8 + struct.unpack("<Q", data[:8])[0]:]
sys.exit(figures(sys.argv[1]) != figures(sys.argv[2]))' "$1" "$2"
}

CKA_PYTHON=${CKA_TEST_PYTHON:-$here/../.build/test-python/bin/python}
export CKA_PYTHON OMP_NUM_THREADS=1
export XDG_STATE_HOME=$place/state XDG_CONFIG_HOME=$place/config CKA_CHECKPOINT_SECONDS=0
mkdir -p "$place/work" "$XDG_CONFIG_HOME/cka"
printf 'slurm-options: --mem=300M\nslurm-preamble: |\n  export CKA_FROM_PREAMBLE=yes\n' >"$XDG_CONFIG_HOME/cka/config"
bash "$here/slurm-lab.sh" start "$place/lab"
# shellcheck source=/dev/null
. "$place/lab/env"
cd "$place/work"

cat >slow.py <<'PY'
"""A network that takes a second for each minibatch, however fast the machine is, and its data."""
import time

import torch


class Pause(torch.nn.Module):
    def forward(self, x):
        time.sleep(1 if len(x) > 4 else 0)
        return x


def build():
    torch.manual_seed(1)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3), torch.nn.ReLU(), Pause(), torch.nn.Flatten(), torch.nn.Linear(216, 10))


def images():
    generator = torch.Generator().manual_seed(2)
    return torch.utils.data.TensorDataset(torch.randn(28 * 16, 3, 8, 8, generator=generator))
PY
recipe=(torch net=py:slow.py:build --data py:slow.py:images --batch-size 16 --threads 1)
"$cka" compute "${recipe[@]}" -o one.cka.safetensors --quiet

echo "slurm: an array of 7 shards, two at once"
"$cka" submit --slurm --shards 7 "${recipe[@]}" -o all.cka.safetensors --dry-run >dry.txt
grep -q -- '--array=1-7' dry.txt || fail "no array in the dry run"
grep -q 'CKA_FROM_PREAMBLE' dry.txt || fail "no preamble in the dry run"
is_queue_empty || fail "a dry run submitted something"
id=$("$cka" submit --slurm --shards 7 --at-once 2 "${recipe[@]}" -o all.cka.safetensors --quiet)
until_true 120 "two shards at work" count_is_at_least "$id" running 2
[ "$(squeue -h -r -t RUNNING | wc -l)" -le 2 ] || fail "more than two shards run at once"
tmux -L "$session" new-session -d -x 130 -y 40 "$cka" "$place/work"
sleep 2
tmux -L "$session" send-keys W
until_true 60 "the explorer shows shards" sh -c \
  "tmux -L '$session' capture-pane -p | grep -q 'of 7 shards done'"

echo "slurm: one killed with -9, one requeued, one without its node"
until_true 240 "shard 1 under way" is_under_way "$id" 1
kill -9 "$(shard_process "$id" 1)" || fail "shard 1 has no process"
until_true 60 "a shard failed" count_is_at_least "$id" failed 1
field "$id" reason | grep -q 'shard 1: ended by signal 9' || fail "its reason is '$(field "$id" reason)'"
until_true 240 "shard 3 under way" is_under_way "$id" 3
array=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["arrays"][-1]["job"])' \
  "$XDG_STATE_HOME/cka/jobs/$id/slurm.json")
scontrol requeue "${array}_3"
until_true 240 "shard 3 goes on" grep -q 'goes on after' "$XDG_STATE_HOME/cka/jobs/$id/parts/part-3.txt"
if node_is_used n1; then node=n1; else node=n2; fi
scontrol update nodename=$node state=down reason=test
until_true 240 "other shards go on" count_is_at_least "$id" "done" 2
# It may be back by itself.
scontrol update nodename=$node state=resume 2>/dev/null || true
grep -q 'NODE FAILURE' "$XDG_STATE_HOME/cka/jobs/$id"/parts/*.txt || fail "no shard lost its node"

echo "slurm: cancelled, and resumed with what is missing"
"$cka" jobs cancel "$id"
until_true 60 "cancelled" state_is "$id" cancelled
is_queue_empty || fail "something is left in the queue"
done_before=$(field "$id" shards.done)
"$cka" jobs resume "$id"
"$cka" jobs wait "$id" --timeout 600 || fail "it did not finish"
array=$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["arrays"][-1]["shards"]))' \
  "$XDG_STATE_HOME/cka/jobs/$id/slurm.json")
[ "$array" -eq $((7 - done_before)) ] || fail "$array shards were computed again, $done_before were done"
same_figures one.cka.safetensors all.cka.safetensors || fail "the figures are not those of one run"
same_figures one.cka.safetensors "$(field "$id" result)" || fail "the job's own copy is another one"
until_true 60 "the explorer tells that it is finished" sh -c \
  "tmux -L '$session' capture-pane -p | grep -q finished"
"$cka" jobs log "$id" | grep -q '^shard 7: ' || fail "no log of shard 7"

echo "slurm: a shard whose time is up goes back into the queue by itself"
id=$("$cka" submit --slurm --shards 1 "${recipe[@]}" -o late.cka.safetensors --quiet)
until_true 240 "its shard under way" is_under_way "$id" 1
kill -USR1 "$(shard_process "$id" 1)"
until_true 240 "it goes on" grep -q 'goes on after' "$XDG_STATE_HOME/cka/jobs/$id/parts/part-1.txt"
"$cka" jobs wait "$id" --timeout 600 || fail "it did not finish"
same_figures one.cka.safetensors late.cka.safetensors || fail "the figures are not those of one run"

"$cka" jobs remove "$id"
echo "slurm: all is well"
