# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What slurm-up, slurm-down and slurm-fault share. Source it; it runs nothing by itself.
#
# A cluster lives in one folder, its home. All that tells it from another cluster, or from a real
# one, is in there: configuration, key, sockets, ports, state, logs and pid files.

readonly nodes=4

# What a caller has set for its own Slurm must not reach this one.
unset "${!SLURM_@}" "${!SBATCH_@}" "${!SALLOC_@}" "${!SQUEUE_@}" "${!SACCT_@}" "${!SINFO_@}"
unset "${!SCANCEL_@}" "${!SCONTROL_@}" "${!SRUN_@}"
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# cannot WHY
# Ends with the status that says that a cluster can't be had here at all.
cannot() {
  note "$*"
  exit 77
}

# fail WHY
fail() {
  note "$* (logs: $home/log)"
  exit 1
}

# choose_home
# Sets home, and SLURM_CONF for the commands that follow.
choose_home() {
  home=${HPC_SLURM_HOME:-${TMPDIR:-/tmp}/hpc-slurm-$(id -un)}
  [[ $home == /?* ]] || home=$PWD/$home
  home=${home%/}
  # slurm.conf knows no quoting, and the path of a socket has 107 bytes.
  if [[ $home == *[!A-Za-z0-9._/-]* ]] || ((${#home} > 85)); then
    note "HPC_SLURM_HOME must be at most 85 letters, digits and ._/- long; it is: $home"
    exit 2
  fi
  export SLURM_CONF=$home/etc/slurm.conf
}

# lock_home
# One at a time for a cluster. The lock is the folder itself: it leaves no file. Held by descriptor
# 9, which no daemon may inherit.
lock_home() {
  while [[ -d $home ]]; do
    exec 9<"$home"
    flock -w 120 9 || { note "another command has held $home for 120 s" && exit 1; }
    # Who had it before may have removed it.
    [[ $home -ef /proc/self/fd/9 ]] && return
  done
  exec 9<&-
  return 1
}

# pid_of DAEMON
# Prints its pid. Fails unless the process that its pid file names is this daemon of this cluster:
# a pid may be another's by now, and a zombie that nobody has reaped yet is no daemon.
pid_of() {
  local name=$1 pid command line environment
  { read -r pid <"$home/run/$name.pid"; } 2>/dev/null || return 1
  [[ $pid == +([0-9]) ]] || return 1
  { read -r command <"/proc/$pid/comm"; } 2>/dev/null || return 1
  [[ $command == "${name%%-*}" ]] || return 1
  while IFS= read -r line; do
    [[ $line != State:*[ZX]\ * ]] || return 1
  done 2>/dev/null <"/proc/$pid/status"
  mapfile -d '' -t environment 2>/dev/null <"/proc/$pid/environ"
  [[ " ${environment[*]-} " == *" SLURM_CONF=$SLURM_CONF "* ]] || return 1
  printf '%s\n' "$pid"
}

runs() { pid_of "$1" >/dev/null; }
gone() { ! runs "$1"; }

# all_daemons
# Prints their names, in the order in which they start.
all_daemons() {
  local number
  printf '%s\n' munged mariadbd slurmdbd slurmctld
  for ((number = 1; number <= nodes; number++)); do printf 'slurmd-node%d\n' "$number"; done
}

# wait_for SECONDS COMMAND...
# Asks until it succeeds. Fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= end)) || return 1
    sleep 0.05
  done
}

# daemon COMMAND...
# Starts one with an environment of its own, and without the lock and the caller's streams: one who
# reads the output of these scripts would wait for its end.
daemon() {
  (
    cd / && umask 022
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      SLURM_CONF="$SLURM_CONF" MYSQL_UNIX_PORT="$home/db/socket" "$@"
  ) </dev/null >>"$home/log/output.log" 2>&1 9<&-
}

start_munged() {
  rm -f -- "$home"/munge/socket*
  daemon munged --key-file="$home/munge/key" --socket="$home/munge/socket" \
    --pid-file="$home/run/munged.pid" --log-file="$home/log/munged.log" \
    --seed-file="$home/munge/seed" --num-threads=4
  wait_for 10 munge -S "$home/munge/socket" -n -o /dev/null
}

# Reached through its socket only, and its folder is for its owner only. What a power loss would
# take with it is none of the tests' concern.
start_mariadbd() {
  daemon setsid --fork mariadbd --no-defaults --user=root --datadir="$home/db/data" \
    --socket="$home/db/socket" --skip-networking --pid-file="$home/run/mariadbd.pid" \
    --log-error="$home/log/mariadbd.log" --tmpdir="$home/tmp" --skip-log-bin \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-doublewrite=0 \
    --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900
  wait_for 60 mariadb --no-defaults --socket="$home/db/socket" --user=root --execute='select 1'
}

start_slurmdbd() {
  daemon slurmdbd
  wait_for 60 sacctmgr --noheader list cluster
}

start_slurmctld() {
  daemon slurmctld -f "$SLURM_CONF"
  wait_for 30 scontrol ping
}

# start_slurmd NUMBER
# Does not wait: the nodes come up side by side.
start_slurmd() { daemon slurmd -N "node$1" -f "$SLURM_CONF"; }

# listens PORT
# Whether somebody does, on any address.
listens() {
  grep -qhE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") [0-9A-F:]+ 0A " \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# node_usable NUMBER
# Whether the controller gives it work. A star behind the state is a node that does not answer.
node_usable() {
  [[ $(sinfo --noheader --Node --nodes="node$1" --partition=debug --format=%T) == \
    @(idle|mixed|allocated|completing) ]]
}

# nodes_usable
# Whether all nodes are whose slurmd runs.
nodes_usable() {
  local number
  for ((number = 1; number <= nodes; number++)); do
    gone "slurmd-node$number" || node_usable "$number" || return 1
  done
}

# merged
# Of KEY=VALUE lines, the last of each key, where the first of them stood. One without a value takes
# the key away.
merged() {
  awk -F= '!($1 in value) { order[++n] = $1 } { value[$1] = $0 }
    END { for (i = 1; i <= n; i++) if (value[order[i]] !~ /=$/) print value[order[i]] }'
}

# stop DAEMON SIGNAL
# Ends it and waits until it is gone; one that does not listen is killed.
stop() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  # One that is paused hears nothing.
  kill -CONT "$pid" 2>/dev/null || true
  if ! wait_for 15 gone "$1"; then
    note "$1 (pid $pid) did not end within 15 s: killed"
    kill -KILL "$pid" 2>/dev/null || true
    wait_for 5 gone "$1" || fail "$1 (pid $pid) can't be ended"
  fi
  rm -f -- "$home/run/$1.pid"
}
