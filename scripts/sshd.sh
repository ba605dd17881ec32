# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What sshd-up and sshd-down share. Source it; it runs nothing by itself.
#
# The daemons live in one folder, their home: configuration, keys, ports, logs and pid files. The
# machine's own sshd, and those in other folders, are left alone.

# shellcheck source=scripts/daemons.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/daemons.sh"

# shellcheck disable=SC2034 # sshd-up and sshd-down read it
readonly daemons=(host jump)

choose_sshd_home() { choose_home HPC_SSHD_HOME "${TMPDIR:-/tmp}/hpc-sshd-$(id -un)" log; }

# pid_of DAEMON
# Prints its pid, where the process is this daemon.
pid_of() {
  local pid words
  pid=$(process_in "$home/run/$1.pid") || return 1
  mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline"
  [[ " ${words[*]-} " == *sshd*" $home/etc/$1.conf "* ]] || return 1
  printf '%s\n' "$pid"
}

# stop_sshd DAEMON
# Ends it and all who are logged in.
stop_sshd() {
  local pid all
  pid=$(pid_of "$1") || return 0
  mapfile -t all < <(descendants "$pid" | grep -vxF "$pid")
  stop "$1" TERM
  ((${#all[@]} == 0)) || kill -KILL "${all[@]}" 2>/dev/null || true
}
