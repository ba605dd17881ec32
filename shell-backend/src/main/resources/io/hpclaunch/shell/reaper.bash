#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# reaper.bash SPOOL HOST ID INDEX ATTEMPT TOKEN FOLDER PID START SESSION GRACE CAUSE WHO BEGUN GROUP: ends
# one running job and leaves no process of it: SIGTERM to its group, GRACE microseconds, SIGKILL, and
# the same to what left the group but carries the job's token, is in its control group GROUP (or -), or
# descends from it. Without a control group one is missed that left the group, the session and
# the environment and whose parent is gone already. Then it says so in the ledger. Two
# that do the same do no harm. With the CAUSE `left` the job has ended, its script killed from outside:
# then only what it left behind is ended.
set -f
umask 077
LC_ALL=C
spool=$1 host=$2 id=$3 index=$4 attempt=$5 token=$6 pid=$8 start=$9 session=${10} grace=${11} cause=${12}
asked_at=${13%% *} who=${13#* } begun=${14} group=${15:--}
here=${BASH_SOURCE[0]%/*}
# shellcheck source=lib.bash
. "$here/lib.bash"
# shellcheck source=cgroup.bash
. "$here/cgroup.bash"
decode "$7"
dir=$REPLY

kill_bound=10000000 # after SIGKILL, microseconds: what hangs in the kernel longer is told

# carries_token PID: whether its environment names this job.
carries_token() {
  local word
  while IFS= read -r -d '' word; do
    [[ $word != "HPC_TOKEN=$token" ]] || return 0
  done <"/proc/$1/environ"
  return 1
} 2>/dev/null

# same_element PID: elements of one array share a token.
same_element() {
  local word
  [[ $index != - ]] || return 0
  while IFS= read -r -d '' word; do
    [[ $word != "HPC_ARRAY_INDEX=$index" ]] || return 0
  done <"/proc/$1/environ"
  return 1
} 2>/dev/null

declare -A known=() # pid → start, of a process that was found to be the job's

# find_members: sets members: processes of the job that run: of its group, with its token, in its
# control group, and what descends from any of them; also what was found before and has lost its
# parent since. What is older than the job is none of it.
find_members() {
  local one path found=1
  local -A child_of=() start_of=() mine=()
  members=()
  cgroup_members "$group"
  for one in $REPLY; do
    # The helper itself, and what it runs for itself, is not the job's.
    [[ $one == "$session" || $one == "$$" ]] || mine[$one]=group
  done
  set +f
  local paths=(/proc/[1-9]*)
  set -f
  for path in "${paths[@]}"; do
    one=${path#/proc/}
    if ! [[ -O $path ]] || ! proc_stat "$one" || [[ $ps_state == [ZX] ]] || ((ps_start < start)); then
      continue
    fi
    start_of[$one]=$ps_start
    if [[ $ps_parent == "$session" && $one != "$pid" ]]; then
      unset -v "mine[$one]"
    elif [[ ${known[$one]:-} == "$ps_start" || -n ${mine[$one]+x} ]] ||
      [[ $ps_group == "$pid" && $ps_session == "$session" ]] ||
      { carries_token "$one" && same_element "$one"; }; then
      mine[$one]=1
    else
      child_of[$one]=$ps_parent
    fi
  done
  while [[ -n $found ]]; do
    found=
    for one in "${!child_of[@]}"; do
      [[ -n ${mine[${child_of[$one]}]+x} ]] || continue
      mine[$one]=1 found=1
      unset -v "child_of[$one]"
    done
  done
  for one in "${!mine[@]}"; do
    [[ -n ${start_of[$one]+x} ]] || continue
    known[$one]=${start_of[$one]}
    members+=("$one")
  done
}

# send SIGNAL: to the group as a whole while its leader is there, so that none of it can fork away,
# and to each member that left it.
send() {
  local one led=
  ! alive "$pid" "$start" || { led=1 && kill -s "$1" -- "-$pid"; }
  for one in "${members[@]}"; do
    proc_stat "$one" || continue
    [[ -n $led && $ps_group == "$pid" ]] || kill -s "$1" "$one"
  done
} 2>/dev/null

# rest SECONDS: waits, without a process of its own.
rest() {
  read -r -t "$1" -u "$silence"
}

# amend_record CAUSE: the script can't know why it was ended. Its helper writes the record of one
# that was killed; without a helper it is written here.
amend_record() {
  local tries found=
  for ((tries = 0; tries < 20; tries++)); do
    read_exit_record "$dir" "$id" "$index" "$attempt" && found=1 && break
    rest 0.05
  done
  if [[ -z $found ]]; then
    seconds "$begun"
    r_status=137 r_signal=9 r_reason=- r_cpu=- r_peak=- r_started=$REPLY
    now
    seconds "$now_us"
    r_ended=$REPLY
  elif [[ $r_cause == "$1" ]]; then
    return
  fi
  r_cause=$1
  write_exit_record "$dir" "$token" "$id" "$index" "$attempt"
}

main() {
  local pipe=$spool/rest.$$ until left=- at
  mkfifo -- "$pipe" && exec {silence}<>"$pipe" && rm -f -- "$pipe"
  if [[ -n $asked_at ]]; then
    seconds "$asked_at"
    at=$REPLY
    suffix "$index"
    { printf '%s by %s\n' "$at" "$who" >"$dir/cancelled$REPLY"; } 2>/dev/null
  fi
  find_members
  send TERM
  now
  until=$((now_us + grace))
  while ((${#members[@]} > 0 && now_us < until)); do
    rest 0.05
    find_members
    now
  done
  until=$((now_us + kill_bound))
  while ((${#members[@]} > 0 && now_us < until)); do
    send KILL
    rest 0.02
    find_members
    now
  done
  if ((${#members[@]} > 0)); then
    local IFS=,
    left="${members[*]:0:50}"
  fi
  [[ $cause != left ]] || return
  amend_record "${cause:-cancelled}"
  now
  exec 7>>"$spool/ledger"
  append_surely "K $id $index $now_us $left"
  printf '\n' 1<>"$spool/wake"
}

main
