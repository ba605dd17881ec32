# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What slurm-up, slurm-down and slurm-fault share. Source it; it runs nothing by itself.
#
# A cluster lives in one folder, its home. All that tells it from another cluster, or from a real
# one, is in there: configuration, key, sockets, ports, state, logs and pid files.

# shellcheck source=scripts/daemons.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/daemons.sh"

readonly nodes=4

# What a caller has set for its own Slurm must not reach this one.
unset "${!SLURM_@}" "${!SBATCH_@}" "${!SALLOC_@}" "${!SQUEUE_@}" "${!SACCT_@}" "${!SINFO_@}"
unset "${!SCANCEL_@}" "${!SCONTROL_@}" "${!SRUN_@}"

# choose_slurm_home
# Sets SLURM_CONF for the commands that follow, too.
choose_slurm_home() {
  choose_home HPC_SLURM_HOME "${TMPDIR:-/tmp}/hpc-slurm-$(id -un)" log
  export SLURM_CONF=$home/etc/slurm.conf
}

# pid_of DAEMON
# Prints its pid, where the process is this daemon of this cluster.
pid_of() {
  local pid environment
  pid=$(process_in "$home/run/$1.pid") || return 1
  [[ $(command_of "$pid") == "${1%%-*}" ]] || return 1
  mapfile -d '' -t environment 2>/dev/null <"/proc/$pid/environ"
  [[ " ${environment[*]-} " == *" SLURM_CONF=$SLURM_CONF "* ]] || return 1
  printf '%s\n' "$pid"
}

# all_daemons
# Prints their names, in the order in which they start.
all_daemons() {
  local number
  printf '%s\n' munged mariadbd slurmdbd slurmctld
  for ((number = 1; number <= nodes; number++)); do printf 'slurmd-node%d\n' "$number"; done
}

# daemon COMMAND...
# Starts one.
daemon() {
  isolated "$home/log/output.log" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    SLURM_CONF="$SLURM_CONF" MYSQL_UNIX_PORT="$home/db/socket" "$@"
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

# stop_slurm DAEMON SIGNAL
# slurmctld and slurmd leave their pid files.
stop_slurm() {
  stop "$1" "$2"
  rm -f -- "$home/run/$1.pid"
}
