#!/bin/bash
# Kills the worker of a job at random moments, resumes it each time, and compares the values with those
# of an undisturbed run: kill-jobs.sh FEATURES [KILLS] [more options of cka compute]
set -euo pipefail
features=$(realpath "$1")
kills=${2:-50}
options=("${@:3}")
[ ${#options[@]} -gt 0 ] || options=(--batch-size 16)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export XDG_STATE_HOME="$place/state" CKA_CHECKPOINT_SECONDS=${CKA_CHECKPOINT_SECONDS:-0}
cd "$place"

cka compute "$features" -o quiet.cka.safetensors "${options[@]}" --quiet
killed=0
while [ "$killed" -lt "$kills" ]; do
  job=$(cka compute "$features" -o out.cka.safetensors "${options[@]}" --background --quiet)
  while [ "$killed" -lt "$kills" ]; do
    sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
    cka jobs show "$job" | grep -q '^state *finished' && break
    worker=$(grep -o '"pid":[0-9]*' "state/cka/jobs/$job/pid" | grep -o '[0-9]*$') || continue
    kill -9 "$worker" 2>/dev/null || continue
    killed=$((killed + 1))
    until cka jobs show "$job" | grep -qE '^state *(died|finished)'; do sleep 0.02; done
    cka jobs resume "$job" >/dev/null || true
  done
  cka jobs wait "$job" >/dev/null
  # The header tells when and by which command; the values begin behind it.
  for name in quiet out; do
    length=$(od -An -tu8 -N8 "$name.cka.safetensors" | tr -d ' ')
    tail -c +$((length + 9)) "$name.cka.safetensors" >"$name.values"
  done
  cmp quiet.values out.values || { echo "the values differ after $killed kills"; exit 1; }
done
echo "$killed kills: the same bits as an undisturbed run"
