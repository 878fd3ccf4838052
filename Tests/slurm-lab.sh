#!/usr/bin/env bash
# A Slurm cluster of two nodes on this machine, for tests: the real controller, the real nodes.
#
#   Tests/slurm-lab.sh start DIR   as root, with Debian's slurm-wlm and munge; DIR/env is to be sourced
#   Tests/slurm-lab.sh stop DIR
#
# Node n1 takes two tasks at once and n2 one. There is no accounting: sacct knows nothing, as on many small
# clusters.
set -euo pipefail
usage() { sed -n '2,8p' "$0" >&2; exit 64; }
[ $# -eq 2 ] || usage
verb=$1 folder=$2

wait_for() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "slurm-lab: not in 30 s: $*" >&2
  return 1
}

ports() { python3 - <<'PY'
import socket
taken = [socket.socket() for _ in range(3)]
for one in taken:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in taken))
PY
}

both_are_idle() { [ "$(sinfo -h -N -o %T | grep -cx idle)" = 2 ]; }

configure() {
  local host control first second
  host=$(hostname -s)
  read -r control first second < <(ports)
  cat >"$folder/slurm.conf" <<CONF
ClusterName=tests
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$control
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# What is requeued waits until the credentials of its last start are no good: two minutes, unless said.
AuthInfo=cred_expire=5
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,requeue_delay=0
MpiDefault=none
ReturnToService=2
KillWait=20
SlurmdTimeout=10
# Nodes are only names here: what the machine really has may be less.
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$first CPUs=2 RealMemory=2000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$second CPUs=1 RealMemory=2000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

case $verb in
start)
  mkdir -p "$folder"/{state,log,run,spool}
  folder=$(cd "$folder" && pwd)
  configure
  if ! munge -n >/dev/null 2>&1; then
    mkdir -p /run/munge
    chown munge: /run/munge
    su munge -s /bin/sh -c '/usr/sbin/munged --force'
    wait_for munge -n
  fi
  export SLURM_CONF=$folder/slurm.conf
  echo "export SLURM_CONF=$SLURM_CONF" >"$folder/env"
  slurmctld -f "$SLURM_CONF"
  for node in n1 n2; do slurmd -N "$node" -f "$SLURM_CONF"; done
  wait_for both_are_idle
  ;;
stop)
  for file in "$folder"/run/*.pid; do
    if [ -e "$file" ]; then kill "$(cat "$file")" 2>/dev/null || true; fi
  done
  ;;
*) usage ;;
esac
