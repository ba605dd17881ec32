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
# shellcheck source=cgroup.bash
. "$here/cgroup.bash"
exec 7>>"$spool/ledger" 6<>"$spool/wake" || exit

proc_stat "$$"
own_start=$ps_start
printf '%s %s\n' "$$" "$ps_start" >>"$spool/helpers"

cgroup_count=0 cgroup=- cgroup_limit=0 home=
if [[ ${HPC_SHELL_CGROUP:-} != none ]] && cgroup_home; then
  home=$REPLY
  cgroup_enter "$home"
fi
unset -v HPC_SHELL_CGROUP # jobs would inherit it

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
    [[ -d ${path%/*} || $path != */* ]] || mkdir -p -- "${path%/*}" 2>/dev/null
  done
  problem="cannot read standard input $in"
  exec <"$in" || return 1
  problem="cannot write standard output $out"
  exec >"$out" || return 1
  problem="cannot write standard error $err"
  if [[ $err == "$out" ]]; then exec 2>&1; else exec 2>"$err"; fi
}

# become_job: in a process of its own. Nothing of the job has run before its S line stands.
become_job() {
  local opened=1 pid=$BASHPID problem='' text
  read -r text <"/proc/$pid/stat"
  # shellcheck disable=SC2086
  set -- ${text#*) } # the name is bash's own
  local start=${20}
  umask "$job_umask"
  open_streams || opened=
  now
  append_surely "S $id $idx $attempt $now_us $pid $start $$ $devices $cgroup"
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
  # Of its group the kernel ends the job's processes, and not the helper.
  ((cgroup_limit == 0)) || printf '500\n' >/proc/self/oom_score_adj
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

# children_ms STAT: sets REPLY, the cpu time of all children that were waited for: fields 16 and 17.
children_ms() {
  # shellcheck disable=SC2206
  local words=(${1#*) })
  REPLY=$(((words[13] + words[14]) * 10))
}

# path_of WORD: sets REPLY. A path within the job's folder comes as ./NAME, which is shorter to read
# from a pipe, where bash takes byte after byte.
path_of() {
  case $1 in
    -) REPLY=/dev/null ;;
    *%*)
      decode "$1"
      REPLY=${REPLY/#.\//"$dir/"}
      ;;
    ./*) REPLY=$dir/${1:2} ;;
    *) REPLY=$1 ;;
  esac
}

# end_rest FOLDER: what a script that was killed left behind.
end_rest() {
  "$BASH" "$here/reaper.bash" "$spool" "$host" "$id" "$idx" "$attempt" "$token" "$1" "$job_pid" \
    "$own_start" "$$" 0 left '' '' '' "$cgroup" </dev/null 9>&- 8>&- 7>&- 6>&-
}

# take_peak: the agent's figure, which it has of jobs that run for a while, into the record too.
take_peak() {
  local key peak
  read -r key peak <"$spool/peak.$$"
  : >"$spool/peak.$$"
  [[ $key == "$id/$idx" && $peak == [1-9]* && $r_peak == - ]] || return 0
  r_peak=$peak
  [[ -z ${r_started:-} ]] || write_exit_record "$dir" "$token" "$id" "$idx" "$attempt"
} 2>/dev/null

# tell_memory KILLS: whether the kernel ended some of the job since there were that many: then the job
# had too little memory, whatever it made of that.
tell_memory() {
  cgroup_kills
  if ((REPLY <= $1)) || [[ $r_cause != @(-|exit_code|signal) ]]; then return; fi
  size "$cgroup_limit"
  r_cause=out_of_memory r_reason="it needed more than the $REPLY of memory that it had asked for"
  write_exit_record "$dir" "$token" "$id" "$idx" "$attempt"
}

# leave_rest: what a job that ended by itself has left running keeps its control group, and the next
# job gets a new one.
leave_rest() {
  cgroup_members "$cgroup"
  [[ $REPLY == " $$" || $REPLY == '' ]] || cgroup_enter "$home"
}

# run_job ID INDEX ATTEMPT TOKEN FOLDER SCRIPT STDIN STDOUT STDERR CPUS DEVICES COUNT MEMORY: one job. One
# whose record stands there already has run.
run_job() {
  local id=$1 idx=$2 attempt=$3 token=$4 dir=$5 script in out err cpus=${10} devices=${11} count=${12}
  local memory=${13} status begun before after job_ms job_pid kills=0 suffix=
  [[ $dir != *%* ]] || { decode "$dir" && dir=$REPLY; }
  path_of "$6" && script=$REPLY
  path_of "$7" && in=$REPLY
  path_of "$8" && out=$REPLY
  path_of "$9" && err=$REPLY
  [[ $idx == - ]] || suffix=.$idx
  if [[ ! -e $dir/exit$suffix ]] || ! read_exit_record "$dir" "$id" "$idx" "$attempt"; then
    cgroup_hold "$memory"
    if ((cgroup_limit > 0)); then
      cgroup_kills
      kills=$REPLY
    fi
    now
    begun=$now_us
    read -r before <"/proc/$$/stat"
    become_job &
    job_pid=$!
    await_job "$job_pid"
    if ! read_exit_record "$dir" "$id" "$idx" "$attempt" || [[ $r_cpu == - ]]; then
      read -r after <"/proc/$$/stat"
      children_ms "$before"
      job_ms=$REPLY
      children_ms "$after"
      job_ms=$((REPLY - job_ms))
      conclude "$dir" "$token" "$id" "$idx" "$attempt" "$begun" "$status" "$job_ms"
      ((status <= 128)) || end_rest "$5"
      [[ $r_cpu != - ]] || r_cpu=$job_ms
    fi
  fi
  ((cgroup_limit == 0)) || tell_memory "$kills"
  [[ $cgroup == - ]] || leave_rest
  [[ ! -s $spool/peak.$$ ]] || take_peak
  now
  end_words
  append_surely "E $id $idx $attempt $now_us $REPLY"
  read -r -t 0 -u 6 || printf '\n' >&6 # a bell that rings already is enough
}

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
rm -f -- "$spool/peak.$$"
if [[ $cgroup != - ]]; then
  { printf '%s\n' "$$" >"$home/cgroup.procs" && rmdir -- "$cgroup"; } 2>/dev/null
fi
