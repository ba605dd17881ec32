# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What pbs-up and pbs-down share. Source it; it runs nothing by itself.
#
# A PBS lives in one folder, its home: its pbs.conf, which PBS_CONF_FILE names, and home/, which is
# PBS_HOME with state, data store, logs and pid files. The programs are an installation's, shared.

# shellcheck source=scripts/daemons.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/daemons.sh"

readonly exec_home=${PBS_EXEC:-/opt/pbs}

# What a caller has set for its own PBS must not reach this one: it would overrule pbs.conf.
unset "${!PBS_@}"
export PBS_EXEC=$exec_home PATH=$exec_home/bin:$PATH

# choose_pbs_home
# Sets PBS_CONF_FILE for the commands that follow, too. The daemons refuse to live below a folder that
# others may write to: not in /tmp.
choose_pbs_home() {
  choose_home HPC_PBS_HOME "/var/spool/hpc-pbs-$(id -un)" output.log 'home/*_logs'
  export PBS_CONF_FILE=$home/pbs.conf
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
# Prints its pid, where the process is this daemon of this PBS.
pid_of() {
  local pid
  pid=$(process_in "$(pid_file "$1")") || return 1
  if [[ $1 == postgres ]]; then
    [[ $(command_of "$pid") == postgres && /proc/$pid/cwd -ef $home/home/datastore ]] || return 1
  else
    [[ $(command_of "$pid") == "pbs_$1"?(.bin) ]] && of_this_pbs "/proc/$pid/environ" || return 1
  fi
  printf '%s\n' "$pid"
}

# of_this_pbs ENVIRON
of_this_pbs() { grep -qzxF "PBS_CONF_FILE=$PBS_CONF_FILE" "$1" 2>/dev/null; }

# The daemons, in the order in which they start. PostgreSQL is the server's to start and to stop.
# shellcheck disable=SC2034 # pbs-up reads it
readonly daemons=(comm mom sched server)

# postgres_path
# Prints PATH with the programs of PostgreSQL in it, which Debian keeps outside, the newest first.
postgres_path() {
  local bin newest=
  for bin in /usr/lib/postgresql/*/bin; do
    [[ ! -x $bin/initdb ]] || newest=$bin:$newest
  done
  printf '%s\n' "$newest/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

# for_pbs COMMAND...
# Runs it as PBS's daemons are run.
for_pbs() {
  isolated "$home/output.log" PATH="$(postgres_path)" PBS_CONF_FILE="$PBS_CONF_FILE" \
    PBS_EXEC="$PBS_EXEC" PBS_HOME="$home/home" "$@"
}
