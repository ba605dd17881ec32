# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What sshd-up and sshd-down share. Source it; it runs nothing by itself.
#
# The daemons live in one folder, their home: configuration, keys, ports, logs and pid files. The
# machine's own sshd, and those in other folders, are left alone.

# shellcheck disable=SC2034 # sshd-up and sshd-down read it
readonly daemons=(host jump)
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# cannot WHY
# Ends with the status that says that an sshd can't be had here at all.
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
# Sets home.
choose_home() {
  home=${HPC_SSHD_HOME:-${TMPDIR:-/tmp}/hpc-sshd-$(id -un)}
  [[ $home == /?* ]] || home=$PWD/$home
  home=${home%/}
  # sshd_config knows quotes of a kind, which not all of its keys take.
  if [[ $home == *[!A-Za-z0-9._/-]* ]]; then
    note "HPC_SSHD_HOME must consist of letters, digits and ._/-; it is: $home"
    exit 2
  fi
}

# lock_home
# One at a time for a home. The lock is the folder itself: it leaves no file. Held by descriptor 9,
# which no daemon may inherit.
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
# Prints its pid. Fails unless the process that its pid file names is this daemon: a pid may be
# another's by now, and a zombie that nobody has reaped yet is no daemon.
pid_of() {
  local name=$1 pid words line
  { read -r pid <"$home/run/$name.pid"; } 2>/dev/null || return 1
  [[ $pid == +([0-9]) ]] || return 1
  while IFS= read -r line; do
    [[ $line != State:*[ZX]\ * ]] || return 1
  done 2>/dev/null <"/proc/$pid/status"
  mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline"
  [[ " ${words[*]-} " == *sshd*" $home/etc/$name.conf "* ]] || return 1
  printf '%s\n' "$pid"
}

runs() { pid_of "$1" >/dev/null; }
gone() { ! runs "$1"; }

# sessions PID
# Prints the processes that sshd has forked for those who are logged in, and their children.
sessions() {
  local child
  while read -r child; do
    printf '%s\n' "$child"
    sessions "$child"
  done < <(ps -o pid= --ppid "$1" | tr -d ' ')
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

# stop DAEMON
# Ends it and all who are logged in, and waits until it is gone; one that does not listen is killed.
stop() {
  local pid all
  pid=$(pid_of "$1") || return 0
  mapfile -t all < <(sessions "$pid")
  kill -TERM "$pid" 2>/dev/null || true
  # One that is paused hears nothing.
  kill -CONT "$pid" 2>/dev/null || true
  if ! wait_for 10 gone "$1"; then
    note "sshd (pid $pid) did not end within 10 s: killed"
    kill -KILL "$pid" 2>/dev/null || true
    wait_for 5 gone "$1" || fail "sshd (pid $pid) can't be ended"
  fi
  ((${#all[@]} == 0)) || kill -KILL "${all[@]}" 2>/dev/null || true
}
