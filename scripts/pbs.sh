# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What pbs-up and pbs-down share. Source it; it runs nothing by itself.
#
# A PBS lives in one folder, its home: its pbs.conf, which PBS_CONF_FILE names, and home/, which is
# PBS_HOME with state, data store, logs and pid files. The programs are an installation's, shared.

readonly exec_home=${PBS_EXEC:-/opt/pbs}

# What a caller has set for its own PBS must not reach this one: it would overrule pbs.conf.
unset "${!PBS_@}"
export PBS_EXEC=$exec_home PATH=$exec_home/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# cannot WHY
# Ends with the status that says that a PBS can't be had here at all.
cannot() {
  note "$*"
  exit 77
}

# fail WHY
fail() {
  note "$* (logs: $home/output.log and $home/home/*_logs)"
  exit 1
}

# choose_home
# Sets home, and PBS_CONF_FILE for the commands that follow. The daemons refuse to live below a
# folder that others may write to: not in /tmp.
choose_home() {
  home=${HPC_PBS_HOME:-/var/spool/hpc-pbs-$(id -un)}
  [[ $home == /?* ]] || home=$PWD/$home
  home=${home%/}
  # PBS's own scripts quote no path.
  if [[ $home == *[!A-Za-z0-9._/-]* ]] || ((${#home} > 85)); then
    note "HPC_PBS_HOME must be at most 85 letters, digits and ._/- long; it is: $home"
    exit 2
  fi
  export PBS_CONF_FILE=$home/pbs.conf
}

# lock_home
# One at a time for a PBS. The lock is the folder itself: it leaves no file. Held by descriptor 9,
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

# pid_file DAEMON
pid_file() {
  case $1 in
    comm | server) printf '%s\n' "$home/home/server_priv/$1.lock" ;;
    postgres) printf '%s\n' "$home/home/datastore/postmaster.pid" ;;
    *) printf '%s\n' "$home/home/$1_priv/$1.lock" ;;
  esac
}

# pid_of DAEMON
# Prints its pid. Fails unless the process that its pid file names is this daemon of this PBS: a pid
# may be another's by now, and a zombie that nobody has reaped yet is no daemon.
pid_of() {
  local name=$1 pid command line
  { read -r pid <"$(pid_file "$name")"; } 2>/dev/null || return 1
  [[ $pid == +([0-9]) ]] || return 1
  { read -r command <"/proc/$pid/comm"; } 2>/dev/null || return 1
  while IFS= read -r line; do
    [[ $line != State:*[ZX]\ * ]] || return 1
  done 2>/dev/null <"/proc/$pid/status"
  if [[ $name == postgres ]]; then
    [[ $command == postgres && /proc/$pid/cwd -ef $home/home/datastore ]] || return 1
  else
    [[ $command == "pbs_$name"?(.bin) ]] && of_this_pbs "/proc/$pid/environ" || return 1
  fi
  printf '%s\n' "$pid"
}

# of_this_pbs ENVIRON
of_this_pbs() { grep -qzxF "PBS_CONF_FILE=$PBS_CONF_FILE" "$1" 2>/dev/null; }

runs() { pid_of "$1" >/dev/null; }
gone() { ! runs "$1"; }

# The daemons, in the order in which they start. PostgreSQL is the server's to start and to stop.
# shellcheck disable=SC2034 # pbs-up reads it
readonly daemons=(comm mom sched server)

# wait_for SECONDS COMMAND...
# Asks until it succeeds. Fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= end)) || return 1
    sleep 0.1
  done
}

# postgres_path
# Prints PATH with the programs of PostgreSQL in it, which Debian keeps outside, the newest first.
postgres_path() {
  local bin newest=
  for bin in /usr/lib/postgresql/*/bin; do
    [[ ! -x $bin/initdb ]] || newest=$bin:$newest
  done
  printf '%s\n' "$newest/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

# isolated COMMAND...
# Runs it with an environment of its own, and without the lock and the caller's streams: one who
# reads the output of these scripts would wait for a daemon's end.
isolated() {
  (
    cd / && umask 022
    exec env -i PATH="$(postgres_path)" PBS_CONF_FILE="$PBS_CONF_FILE" PBS_EXEC="$PBS_EXEC" \
      PBS_HOME="$home/home" "$@"
  ) </dev/null >>"$home/output.log" 2>&1 9<&-
}

# stop DAEMON SIGNAL
# Ends it and waits until it is gone; one that does not listen is killed.
stop() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  # One that is paused hears nothing.
  kill -CONT "$pid" 2>/dev/null || true
  if ! wait_for 20 gone "$1"; then
    note "$1 (pid $pid) did not end within 20 s: killed"
    kill -KILL "$pid" 2>/dev/null || true
    wait_for 5 gone "$1" || fail "$1 (pid $pid) can't be ended"
  fi
}
