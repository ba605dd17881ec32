#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# helper.bash SPOOL HOST: runs one job after the other, for as long as its agent lives. The agent
# starts it in a session of its own; `set -m` gives each job a process group.
#
# Standard input, a pipe: `V UMASK NAME=VALUE…` sets the base environment, `J …` is a job.
# 9: the agent's lock; 8: a pipe that the agent watches; 7: the ledger; 6: the agent's bell.
# The process that becomes the job holds 9 and 8 until its start stands in the ledger. So whoever
# gets the lock, or sees the pipe closed, knows that no start is under way.
set -f -m
LC_ALL=C
spool=$1 host=$2
here=${BASH_SOURCE[0]%/*}
# shellcheck source=lib.bash
. "$here/lib.bash"
exec 7>>"$spool/ledger" 6<>"$spool/wake" || exit

proc_stat "$$"
printf '%s %s\n' "$$" "$ps_start" >>"$spool/helpers"

base_names=()
job_umask=0022

# take_base UMASK NAME=VALUE…: the environment that the next jobs start with. LC_ALL is kept aside,
# since this process needs its own.
take_base() {
  local word
  ((${#base_names[@]} == 0)) || unset -v "${base_names[@]}"
  base_names=() job_lc_all=
  job_umask=$1
  shift
  for word; do
    decode "${word#*=}"
    case ${word%%=*} in
      LC_ALL) job_lc_all=$REPLY ;;
      HOME | USER | LOGNAME | PATH | SHELL | LANG | LANGUAGE | LC_[A-Z]* | TMPDIR | TZ)
        export "${word%%=*}=$REPLY"
        base_names+=("${word%%=*}")
        ;;
    esac
  done
}

# open_streams: the job's standard streams; parents are made. False, with problem set, where one
# can't be opened.
open_streams() {
  local path
  for path in "$out" "$err"; do
    [[ -z $path || -d ${path%/*} || $path != */* ]] || mkdir -p -- "${path%/*}" 2>/dev/null
  done
  problem="cannot read standard input ${in:-/dev/null}"
  { exec <"${in:-/dev/null}"; } 2>/dev/null || return 1
  problem="cannot write standard output ${out:-/dev/null}"
  { exec >"${out:-/dev/null}"; } 2>/dev/null || return 1
  problem="cannot write standard error ${err:-/dev/null}"
  if [[ $err == "$out" ]]; then
    exec 2>&1
  else
    { : >"${err:-/dev/null}"; } 2>/dev/null && exec 2>"${err:-/dev/null}"
  fi
}

# become_job: in a process of its own. Nothing of the job has run before its S line stands.
become_job() {
  local opened=1 pid=$BASHPID problem=
  proc_stat "$pid"
  umask "$job_umask"
  open_streams || opened=
  now
  printf '~S %s %s %s %s %s %s %s %s .\n' \
    "$id" "$idx" "$attempt" "$now_us" "$pid" "$ps_start" "$ps_session" "$devices" >&7 || exit 125
  if [[ -z $opened ]]; then
    seconds "$now_us"
    r_status=1 r_signal=- r_cause=launch r_reason=$problem r_cpu=- r_peak=-
    r_started=$REPLY r_ended=$REPLY
    umask 077
    write_exit_record "$dir" "$token" "$id" "$idx" "$attempt"
    exit 1
  fi
  cd -- "$dir" 2>/dev/null || cd /
  export HPC_TOKEN=$token HPC_NATIVE_ID=$id HPC_ATTEMPT=$attempt HPC_SLOTS=$cpus
  [[ $idx == - ]] || export HPC_ARRAY_INDEX=$idx HPC_ARRAY_COUNT=$count
  [[ $devices != - ]] || devices=
  [[ $devices == none ]] || export CUDA_VISIBLE_DEVICES=$devices
  if [[ -n $job_lc_all ]]; then export LC_ALL=$job_lc_all; else export -n LC_ALL; fi
  [[ ! -x $script ]] || exec "$script" 9>&- 8>&- 7>&- 6>&-
  exec "$BASH" "$script" 9>&- 8>&- 7>&- 6>&-
}

# await_job PID: sets status. With `set -m` wait returns for a stopped process too; it is looked at
# twice a second until it goes on.
await_job() {
  wait "$1"
  status=$?
  while ((status > 128)) && proc_stat "$1" && [[ $ps_parent == "$$" && $ps_state != [ZX] ]]; do
    read -r -t 0.5 -u 8 # nobody writes there
    wait "$1"
    status=$?
  done
}

# children_ms: sets REPLY, the cpu time of all children that were waited for: fields 16 and 17.
children_ms() {
  local text
  IFS= read -r -d '' text <"/proc/$$/stat"
  # shellcheck disable=SC2206
  local words=(${text#*) }) # the name is bash's own
  REPLY=$(((words[13] + words[14]) * 10))
}

# run_job ID INDEX ATTEMPT TOKEN FOLDER SCRIPT STDIN STDOUT STDERR CPUS DEVICES COUNT: one job. One
# whose record stands there already has run.
run_job() {
  local id=$1 idx=$2 attempt=$3 token=$4 dir script in out err cpus=${10} devices=${11} count=${12}
  local status begun job_ms
  decode "$5" && dir=$REPLY
  decode "$6" && script=$REPLY
  decode "$7" && in=$REPLY
  decode "$8" && out=$REPLY
  decode "$9" && err=$REPLY
  now
  begun=$now_us
  if ! read_exit_record "$dir" "$id" "$idx" "$attempt"; then
    become_job &
    await_job "$!"
    children_ms
    job_ms=$((REPLY - used_ms))
    used_ms=$REPLY
    conclude "$dir" "$token" "$id" "$idx" "$attempt" "$begun" "$status" "$job_ms"
    [[ $r_cpu != - ]] || r_cpu=$job_ms
  fi
  now
  end_words
  printf '~E %s %s %s %s %s .\n' "$id" "$idx" "$attempt" "$now_us" "$REPLY" >&7
  printf '\n' >&6
}

used_ms=0
while IFS= read -r line; do
  # shellcheck disable=SC2086
  set -- $line
  kind=$1
  shift
  case $kind in
    V) take_base "$@" ;;
    J) run_job "$@" ;;
  esac
done
