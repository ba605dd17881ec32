# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What slurm.sh, pbs.sh, sshd.sh, podman.sh and k8s.sh share: daemons that the tests start and end by
# themselves. Source it; it runs nothing by itself.
#
# Such daemons live in one folder, their home. Who sources this calls choose_home first, and says by
# a function pid_of which process a daemon is.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# cannot WHY
# Ends with the status that says that such daemons can't be had here at all.
cannot() {
  note "$*"
  exit 77
}

# fail WHY
fail() {
  note "$* (logs: $logs)"
  exit 1
}

# choose_home VARIABLE DEFAULT LOG...
# Sets home, from the variable of that name, and logs. The daemons' configurations know no quoting,
# and the path of a socket has 107 bytes.
choose_home() {
  home=${!1:-$2}
  [[ $home == /?* ]] || home=$PWD/$home
  home=${home%/}
  if [[ $home == *[!A-Za-z0-9._/-]* ]] || ((${#home} > 85)); then
    note "$1 must be at most 85 letters, digits and ._/- long; it is: $home"
    exit 2
  fi
  logs=$(printf " and $home/%s" "${@:3}")
  logs=${logs# and }
}

# require_own_home WHOSE
# Whatever else is there in its place was not made by us.
require_own_home() {
  [[ ! -e $home && ! -L $home ]] || [[ -d $home && ! -L $home && -O $home ]] ||
    fail "$home is there, and is not a folder of $1"
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

# process_in FILE
# Prints the pid that the first line of the file says, while there is such a process. A zombie that
# nobody has reaped yet is none. The pid may be another's by now: the caller looks.
process_in() {
  local pid line
  # Some end the line, some do not.
  { read -r pid <"$1"; } 2>/dev/null || [[ -n ${pid-} ]] || return 1
  [[ $pid == +([0-9]) && -r /proc/$pid/status ]] || return 1
  while IFS= read -r line; do
    [[ $line != State:*[ZX]\ * ]] || return 1
  done 2>/dev/null <"/proc/$pid/status"
  printf '%s\n' "$pid"
}

# command_of PID
# Prints the name of the program that it runs.
command_of() { cat -- "/proc/$1/comm" 2>/dev/null; }

runs() { pid_of "$1" >/dev/null; }
gone() { ! runs "$1"; }

# descendants PID...
# Prints these and all below them. The table is read once: pid and parent a line.
descendants() {
  # A process may end while its file is read: awk itself would give up then.
  cat /proc/[0-9]*/status 2>/dev/null | awk -v roots="$*" '
    /^Pid:/ { pid = $2 }
    /^PPid:/ { parent[pid] = $2 }
    END {
      count = split(roots, queue, " ")
      for (i = 1; i <= count; i++) {
        print queue[i]
        for (pid in parent) if (parent[pid] == queue[i]) queue[++count] = pid
      }
    }' || true
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

# signal DAEMON SIGNAL
signal() {
  local pid
  pid=$(pid_of "$1") || fail "$1 does not run"
  kill "-$2" "$pid"
}

# paused DAEMON
paused() { grep -q '^State:[[:space:]]*T' "/proc/$(pid_of "$1")/status"; }

# isolated LOG NAME=VALUE... COMMAND...
# Runs it with this environment and no other, and without the lock and the caller's streams: one who
# reads the output of these scripts would wait for a daemon's end.
isolated() {
  local log=$1
  shift
  (cd / && umask 022 && exec env -i "$@") </dev/null >>"$log" 2>&1 9<&-
}

# listens PORT
# Whether somebody does, on any address.
listens() {
  grep -qhE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") [0-9A-F:]+ 0A " \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# ports_free FIRST LAST
ports_free() {
  local port=$1
  for ((; port <= $2; port++)); do
    ! listens "$port" || return 1
  done
}

# choose_ports FILE FIRST LAST COUNT
# Sets port, the first of COUNT free ones in a row between FIRST and LAST, and writes it to the file.
# The last choice is kept while it holds. The first try depends on the home, so that two that start
# at once try different ones. All lie below those that the system gives to whoever asks for any.
choose_ports() {
  local file=$1 first=$2 last=$3 count=$4 rows tries=0
  rows=$(((last - first + 1) / count))
  port=$(cat -- "$file" 2>/dev/null) || port=
  if [[ -z $port ]]; then
    port=$(printf '%s' "$home" | cksum)
    port=$((first + ${port%% *} % rows * count))
  fi
  until ports_free "$port" $((port + count - 1)); do
    ((++tries < 100)) || fail "no $count free ports in a row from $first to $last"
    port=$((first + ((port - first) / count + 1) % rows * count))
  done
  printf '%s\n' "$port" >"$file"
}

# install_unstarted PACKAGE...
# Installs packages whose own daemons would start with the machine's configuration. Where the packages
# can't be had, it fails.
install_unstarted() {
  local policy=/usr/sbin/policy-rc.d status=0 ours=
  if ((EUID == 0)) && [[ -d ${policy%/*} && ! -e $policy ]]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  ensure_packages "$@" >&2 || status=$?
  [[ -z $ours ]] || rm -f -- "$policy"
  return "$status"
}

# begin_down ARGUMENT...
# Of a command that ends daemons: reads --wipe, and takes the lock. --locked is for the command that
# starts them, and holds the lock while it calls this. Where there is no home, there is nothing to do.
begin_down() {
  local argument locked=
  wipe=
  for argument; do
    case $argument in
      --wipe) wipe=yes ;;
      --locked) locked=yes ;;
      *) note "unknown argument: $argument; there is only --wipe" && exit 2 ;;
    esac
  done
  [[ -n $locked ]] || lock_home || exit 0
  require_own_home "this user's"
}

# finish_down
finish_down() {
  [[ -z $wipe ]] || rm -rf --one-file-system -- "$home"
}
