#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2094,SC2154
# agent.bash SPOOL HOST BOOT: starts the jobs of one spool, as long as there are any. There is one
# agent for a spool: it holds a lock on 9, which its helpers inherit. Whatever it decides stands in
# the ledger, so one that is killed is followed by one that goes on.
#
# 3: the bell that verbs, helpers and reapers ring; 4: the ledger, read; 7: the ledger, appended.
set -f
umask 077
LC_ALL=C
cd / || exit
spool=$1 host=$2 boot_id=$3
here=${BASH_SOURCE[0]%/*}
# shellcheck source=lib.bash
. "$here/lib.bash"
# shellcheck source=ledger.bash
. "$here/ledger.bash"
# shellcheck source=cgroup.bash
. "$here/cgroup.bash"
trap : PIPE # not ignored, which jobs would inherit: a helper may die while it is written to

idle_seconds=${HPC_SHELL_IDLE:-10}
compact_at=${HPC_SHELL_COMPACT:-20000}
unset -v HPC_SHELL_IDLE HPC_SHELL_COMPACT OLDPWD # jobs would inherit them

# Of the scheduler. What has ended is only in the tables of the ledger.
declare -A outcome=()     # key → ok or bad; of an array, ID/- when all elements have ended
declare -A unfinished=()  # ID of an array → elements that have not ended
declare -A spoilt=()      # ID of an array → an element ended badly
declare -A next_index=()  # ID of an array → the first index that was never handed out
declare -A active=()      # ID of an array → elements that run
declare -A parked=()      # ID of an array that runs as many as it may
declare -A children=()    # ID → ids of jobs that depend on it
declare -A waiting=()     # ID that waits for parents
declare -A held_cpus=() held_gpus=() held_memory=() # key → what it holds
declare -A timed=()       # ID of a job with a walltime
declare -A helper_of=()   # key → helper
declare -A orphan=()      # key of a job that runs without a helper
declare -A reaper_of=()   # key → pid of its reaper
declare -A deadline=() warning=() # key → time
declare -A helper_job=() helper_env=() helper_in=() helper_alive=() # by number of the helper
queue=() head=1000000 tail=1000000 # may grow at both ends
again=()                  # keys whose helper died before the start
idle_helpers=()
helper_count=0
used_cpus=0 used_memory=0
free_gpus=()
next_timer=0              # 0: none
declare -A peak=()        # key → KiB, the largest process of it that was seen
next_look=0               # at memory
next_use=0                # when it says again that it uses its scripts
keep_seconds=2592000      # of scripts that nobody uses
told_itself=              # set: the ledger has lines of this agent, which ring no bell

# ---- being the one agent ----------------------------------------------------------------------

# take_lock: false when another agent is at work. Helpers of an agent that was killed hold its lock
# while their job runs; they are ended, and their jobs go on without them.
take_lock() {
  local tries pid start
  for ((tries = 0; tries < 300; tries++)); do
    flock -n 9 && return
    agent_alive && return 1
    if ((tries > 1)); then
      while read -r pid start; do
        # Between this look and the kill the pid would have to be given anew.
        ! alive "$pid" "$start" || kill -KILL "$pid" 2>/dev/null
      done <"$spool/helpers"
    fi
    flock -w 0.1 9 && return
  done 2>/dev/null
  return 1
}

# ask_machine: sets slots, all_gpus and all_memory, unless a ledger line says them.
ask_machine() {
  local gpu_names
  read -r slots gpu_names all_memory <<<"${slots_line:-"- - -"}"
  [[ $slots != - ]] || slots=$(nproc)
  if [[ $all_memory == - ]]; then
    machine_memory
    all_memory=$REPLY
  fi
  if [[ $gpu_names == - ]]; then
    gpu_names=$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null)
    gpu_names=${gpu_names//$'\n'/,}
  fi
  local IFS=,
  # shellcheck disable=SC2206
  all_gpus=(${gpu_names/#none/})
}

# ---- what runs ---------------------------------------------------------------------------------

# take_resources KEY: counts what it holds.
take_resources() {
  held_cpus[$1]=$need_cpus
  held_memory[$1]=$need_memory
  used_cpus=$((used_cpus + need_cpus)) used_memory=$((used_memory + need_memory))
  held_gpus[$1]=
  if ((need_gpus > 0)); then
    local IFS=,
    held_gpus[$1]="${free_gpus[*]:0:need_gpus}"
    free_gpus=("${free_gpus[@]:need_gpus}")
  fi
  [[ $array == - ]] || active[${1%/*}]=$((${active[${1%/*}]:-0} + 1))
}

# give_back KEY: what it held, once.
give_back() {
  [[ -n ${held_cpus[$1]+x} ]] || return 0
  used_cpus=$((used_cpus - held_cpus[$1])) used_memory=$((used_memory - held_memory[$1]))
  local IFS=, id=${1%/*}
  # shellcheck disable=SC2206
  [[ -z ${held_gpus[$1]} ]] || free_gpus+=(${held_gpus[$1]})
  unset -v "held_cpus[$1]" "held_gpus[$1]" "held_memory[$1]"
  if [[ ${1##*/} != - ]]; then
    active[$id]=$((active[$id] - 1))
    if [[ -n ${parked[$id]+x} ]]; then
      unset -v "parked[$id]"
      queue[--head]=$id
    fi
  fi
}

# needs: sets need_cpus, need_gpus and need_memory of the job that spec_of read, within what there is.
needs() {
  need_cpus=$cpus need_gpus=$gpus need_memory=${memory/#-/0}
  ((need_memory <= all_memory)) || need_memory=$all_memory
  ((need_cpus <= slots)) || need_cpus=$slots
  ((need_gpus <= ${#all_gpus[@]})) || need_gpus=${#all_gpus[@]}
}

# settle_plain KEY: settle, of a job that nobody wanted to end and that is no element.
settle_plain() {
  local id=${1%/*} words
  [[ -z ${outcome[$1]+x} ]] || return 0
  # shellcheck disable=SC2206
  words=(${ended[$1]})
  outcome[$1]=bad
  [[ ${words[2]}${words[4]} != 0- ]] || outcome[$1]=ok
  used_cpus=$((used_cpus - ${held_cpus[$1]:-0})) used_memory=$((used_memory - ${held_memory[$1]:-0}))
  # shellcheck disable=SC2206
  [[ -z ${held_gpus[$1]:-} ]] || free_gpus+=(${held_gpus[$1]//,/ })
  unset -v "held_cpus[$1]" "held_gpus[$1]" "held_memory[$1]" "deadline[$1]" "warning[$1]" "orphan[$1]" "peak[$1]"
  [[ -z ${children[$id]+x} ]] || look_at_children "$id"
}

# settle KEY: when it has ended: frees what it held, and tells its array and its dependents.
settle() {
  local key=$1 id=${1%/*} end state cause reason
  [[ -z ${outcome[$key]+x} ]] || return 0
  end_of "$key"
  [[ -n $end ]] || return 0
  verdict "$key"
  outcome[$key]=bad
  [[ $state != COMPLETED ]] || outcome[$key]=ok
  give_back "$key"
  unset -v "deadline[$key]" "warning[$key]" "orphan[$key]" "reaper_of[$key]" "peak[$key]"
  [[ -z ${ended[$key]+x} ]] || free_helper "$key"
  if [[ ${key##*/} != - ]]; then
    [[ ${outcome[$key]} == ok ]] || spoilt[$id]=1
    unfinished[$id]=$((unfinished[$id] - 1))
    ((unfinished[$id] > 0)) || settle_array "$id"
  fi
  [[ -z ${children[$id]+x} ]] || look_at_children "$id"
}

settle_array() {
  outcome[$1/-]=ok
  [[ -z ${spoilt[$1]+x} ]] || outcome[$1/-]=bad
}

# settle_rest ID: after an end of all elements that never started.
settle_rest() {
  local first last step at_once count i
  spec_of "$1"
  split_array "$array"
  next_index[$1]=$((last + 1))
  for ((i = first; i <= last; i += step)); do
    # One that a helper has may begin yet, and is ended then.
    [[ -n ${helper_of[$1/$i]+x} ]] || settle "$1/$i"
  done
}

# finish KEY WORDS: writes an end that the agent decides. It counts at once: nothing of it may start
# before the line is read.
finish() {
  now
  told_itself=1
  if [[ -z ${ended[$1]+x} ]]; then
    ended[$1]="$attempt $now_us $2"
    [[ -z ${asked[${1%/*}/-]+x} ]] || late[$1]=1
  fi
  append_surely "E ${1%/*} ${1##*/} $attempt $now_us $2"
}

# finish_gone KEY: the end of a job whose processes are gone and for which nobody waited.
finish_gone() {
  local id=${1%/*} words
  spec_of "$id"
  decode "$dir"
  # shellcheck disable=SC2206
  words=(${begun[$1]})
  if ! read_exit_record "$REPLY" "$id" "${1##*/}" "$attempt"; then
    start_reaper "$1" left ''
  fi
  conclude "$REPLY" "$token" "$id" "${1##*/}" "$attempt" "${words[1]}" -
  end_words
  finish "$1" "$REPLY"
}

# ---- dependencies ------------------------------------------------------------------------------

# dependency_state: sets depends to met, wait or never (with broken) for the deps of spec_of.
dependency_state() {
  local IFS=, one parent kind known
  depends=met
  [[ $deps != - ]] || return 0
  for one in $deps; do
    kind=${one%%:*} parent=${one#*:}
    known=${outcome[$parent]:-}
    [[ $parent == */* ]] || known=${outcome[$parent/-]:-}
    case $kind.$known in
      *.)
        if [[ -n ${job[${parent%/*}]+x} ]]; then
          depends='wait'
        elif [[ $kind != afterany ]]; then # nothing tells how it ended any more
          depends=never broken=$one
          return
        fi
        ;;
      afterany.* | afterok.ok | afternotok.bad) ;;
      *) depends=never broken=$one && return ;;
    esac
  done
}

# remember_parents ID: looks for those that the ledger has no more.
remember_parents() {
  local IFS=, one parent
  for one in $deps; do
    parent=${one#*:} parent=${parent%/*}
    children[$parent]+=" $1"
    if [[ -z ${job[$parent]+x} ]]; then
      local -A wanted=([$parent]=1)
      local IFS=$' \t\n'
      load "$spool/archive/${parent:0:2}" && admit "$parent"
    fi
  done
}

look_at_children() {
  local child known=${children[$1]}
  for child in $known; do
    [[ -z ${waiting[$child]+x} ]] || place "$child"
  done
}

# place ID: into the queue, or where its dependencies send it.
place() {
  local token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  local depends broken index=-
  spec_of "$1"
  dependency_state
  case $depends in
    wait) waiting[$1]=1 ;;
    met)
      unset -v "waiting[$1]"
      queue[tail++]=$1
      ;;
    never)
      unset -v "waiting[$1]"
      [[ $array == - ]] || index='*'
      encode "$broken can't be met any more"
      finish "$1/$index" "- - dependency - - $REPLY"
      ;;
  esac
}

# ---- lines of the ledger -----------------------------------------------------------------------

# admit ID: a job that the ledger tells of; also one that began or ended before this agent.
admit() {
  local words
  # shellcheck disable=SC2206
  words=(${job[$1]})
  [[ ${words[6]} == - ]] || timed[$1]=1
  # Most jobs: a plain one that is new and waits for nothing.
  if [[ ${words[9]}${words[10]} == -- && -z ${begun[$1/-]+x}${ended[$1/-]+x}${asked[$1/-]+x} ]]; then
    queue[tail++]=$1
    return
  fi
  local token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  local first last step at_once count i
  spec_of "$1"
  if [[ $array == - ]]; then
    adopt "$1/-"
  else
    split_array "$array"
    unfinished[$1]=$count
    next_index[$1]=$first
    for ((i = first; i <= last; i += step)); do
      if [[ -n ${begun[$1/$i]+x}${ended[$1/$i]+x}${ended[$1/*]+x} ]]; then
        adopt "$1/$i"
      elif [[ -n ${asked[$1/$i]+x} ]]; then
        heed_wish "$1/$i"
      fi
    done
  fi
  [[ -z ${outcome[$1/-]+x} ]] || return 0
  [[ -z ${asked[$1/-]+x} ]] || heed_wish "$1/-"
  if [[ $array == - ]]; then
    [[ -z ${begun[$1/-]+x}${ended[$1/-]+x} ]] || return 0
  fi
  [[ $deps == - ]] || remember_parents "$1"
  place "$1"
}

# adopt KEY: what an earlier agent began, with the gpus that it was given.
adopt() {
  local words need_cpus need_gpus need_memory
  settle "$1"
  [[ -z ${outcome[$1]+x} && -n ${begun[$1]+x} ]] || return 0
  needs
  need_gpus=0
  take_resources "$1"
  # shellcheck disable=SC2206
  words=(${begun[$1]})
  held_gpus[$1]=${words[5]//none/}
  held_gpus[$1]=${held_gpus[$1]/#-/}
  recount_gpus
  orphan[$1]=1
  set_timers "$1"
  if [[ -n ${asked[$1]+x}${asked[${1%/*}/-]+x}${overdue[$1]+x} && -z ${cleared[$1]+x} ]]; then
    reap "$1"
  fi
}

set_timers() {
  local words at
  # shellcheck disable=SC2206
  words=(${begun[$1]})
  [[ $wall != - ]] || return 0
  deadline[$1]=$((words[1] + wall))
  at=${deadline[$1]}
  if [[ $warn != - ]]; then
    warning[$1]=$((at - ${warn#*:}))
    at=${warning[$1]}
  fi
  ((next_timer > 0 && next_timer <= at)) || next_timer=$at
}

on_begun() {
  local token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  [[ -z ${outcome[$1]+x} ]] || return 0
  if [[ -n ${timed[${1%/*}]+x} ]]; then
    spec_of "${1%/*}"
    set_timers "$1"
  fi
  [[ -n ${asked[$1]+x}${asked[${1%/*}/-]+x} ]] || return 0
  spec_of "${1%/*}"
  reap "$1"
}

on_ended() {
  local helper=${helper_of[$1]:-}
  # One whose job is being reaped waits: its next job would be in the same control group.
  [[ -z $helper || -n ${reaper_of[$1]+x} ]] || free_helper "$1"
  case $1 in
    */\*) settle_rest "${1%/*}" ;;
    */-) if [[ -n ${asked[$1]+x}${overdue[$1]+x} ]]; then settle "$1"; else settle_plain "$1"; fi ;;
    *) settle "$1" ;;
  esac
}

# free_helper KEY: for another job.
free_helper() {
  local helper=${helper_of[$1]:-}
  [[ -n $helper ]] || return 0
  unset -v "helper_of[$1]" "helper_job[$helper]"
  idle_helpers+=("$helper")
}

# heed_wish KEY: ends what was asked to end: what runs is reaped, what waits never starts.
heed_wish() {
  local token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  local id=${1%/*} key
  [[ -n ${job[$id]+x} && -z ${outcome[$1]+x} ]] || return 0
  spec_of "$id"
  if [[ ${1##*/} == - && $array != - ]]; then
    for key in "${!held_cpus[@]}"; do
      [[ $key != "$id"/* || -z ${begun[$key]+x} ]] || reap "$key"
    done
    [[ -n ${ended[$id/*]+x} ]] || finish "$id/*" '- - cancelled - - -'
  elif [[ -n ${begun[$1]+x} ]]; then
    reap "$1"
  elif [[ -z ${helper_of[$1]+x}${ended[$1]+x} ]]; then
    finish "$1" '- - cancelled - - -'
  fi
}

# reap KEY: ends its processes, from outside this process: that may take as long as the grace.
reap() {
  local words
  [[ -z ${reaper_of[$1]+x}${cleared[$1]+x}${outcome[$1]+x} ]] || return 0
  start_reaper "$1" "${overdue[$1]:+timeout}" "${asked[$1]:-${asked[${1%/*}/-]:-}}"
  reaper_of[$1]=$!
}

# start_reaper KEY CAUSE WHO
start_reaper() {
  local words
  # shellcheck disable=SC2206
  words=(${begun[$1]})
  (
    close_helpers
    exec 3>&- 4<&- 7>&- 9>&-
    exec setsid "$BASH" "$here/reaper.bash" "$spool" "$host" "${1%/*}" "${1##*/}" "$attempt" \
      "$token" "$dir" "${words[2]}" "${words[3]}" "${words[4]}" "$grace" "$2" "$3" "${words[1]}" "${words[6]:--}"
  ) </dev/null >/dev/null 2>&1 &
}

# take_line LINE: one line of the ledger, as it comes, and what follows from it.
take_line() {
  local kind id key rest
  ledger_line "$1" || return 0
  if [[ $kind == Q && -n ${job[$id]+x} ]]; then return; fi
  enter
  case $kind in
    Q) [[ -z ${job[$id]+x} ]] || admit "$id" ;;
    S) [[ -z ${timed[$id]+x}${asked[$key]+x}${asked[$id/-]+x} ]] || on_begun "$key" ;;
    E) on_ended "$key" ;;
    C) heed_wish "$key" ;;
    K)
      [[ -z ${orphan[$key]+x} || -n ${ended[$key]+x} ]] || finish_gone "$key"
      settle "$key"
      ;;
    L)
      ask_machine
      recount_gpus
      ;;
  esac
}

# recount_gpus: after a change of what the machine may give.
recount_gpus() {
  local gpu held=,
  for gpu in "${!held_gpus[@]}"; do held+=${held_gpus[$gpu]},; done
  free_gpus=()
  for gpu in "${all_gpus[@]}"; do
    [[ $held == *",$gpu,"* ]] || free_gpus+=("$gpu")
  done
}

# read_ledger: takes what was appended.
read_ledger() {
  local lines line
  whole_lines 4 || return 0
  for line in "${lines[@]}"; do take_line "$line"; done
}

# ---- helpers -----------------------------------------------------------------------------------

close_helpers() {
  local helper fd
  for helper in "${!helper_in[@]}"; do
    fd=${helper_in[$helper]}
    exec {fd}>&-
    fd=${helper_alive[$helper]}
    exec {fd}<&-
  done
}

# new_helper: sets helper. It holds the writing end of a pipe, and so does a job that it has not
# yet started: its end tells that both are gone.
new_helper() {
  local pipe=$spool/alive.$$ in alive
  helper=$((++helper_count))
  rm -f -- "$pipe"
  mkfifo -- "$pipe" || return
  exec 8<>"$pipe" {alive}<"$pipe"
  rm -f -- "$pipe"
  exec {in}> >(
    close_helpers
    exec {alive}<&- 3>&- 4<&- 7>&-
    exec setsid "$BASH" "$here/helper.bash" "$spool" "$host" >/dev/null 2>&1
  )
  exec 8>&-
  helper_in[$helper]=$in
  helper_alive[$helper]=$alive
  helper_env[$helper]=
}

# look_at_helpers: those that are gone. The ledger says whether the job of one had begun.
look_at_helpers() {
  local helper key fd
  for helper in "${!helper_alive[@]}"; do
    read -r -t 0 -u "${helper_alive[$helper]}" || continue
    read_ledger
    key=${helper_job[$helper]:-}
    fd=${helper_in[$helper]}
    exec {fd}>&-
    fd=${helper_alive[$helper]}
    exec {fd}<&-
    unset -v "helper_in[$helper]" "helper_alive[$helper]" "helper_env[$helper]" "helper_job[$helper]"
    drop_idle "$helper"
    [[ -n $key ]] || continue
    unset -v "helper_of[$key]"
    if [[ -n ${begun[$key]+x} ]]; then
      orphan[$key]=1
    else
      give_back "$key"
      again+=("$key")
    fi
  done
}

drop_idle() {
  local kept=() one
  for one in "${idle_helpers[@]}"; do
    [[ $one == "$1" ]] || kept+=("$one")
  done
  idle_helpers=("${kept[@]}")
}

# look_at_orphans: jobs without a helper, and reapers that were killed.
look_at_orphans() {
  local key words token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  for key in "${!orphan[@]}"; do
    # shellcheck disable=SC2206
    words=(${begun[$key]})
    if [[ -n ${ended[$key]+x} ]] || alive "${words[2]}" "${words[3]}"; then continue; fi
    read_ledger
    [[ -n ${ended[$key]+x} ]] || finish_gone "$key"
  done
  for key in "${!reaper_of[@]}"; do
    kill -0 "${reaper_of[$key]}" 2>/dev/null && continue
    read_ledger
    [[ -z ${cleared[$key]+x}${outcome[$key]+x} ]] || continue
    unset -v "reaper_of[$key]"
    spec_of "${key%/*}"
    reap "$key"
  done
}

# ---- starting ----------------------------------------------------------------------------------

# hand_out KEY: to a helper, with what it may use.
hand_out() {
  local key=$1 index=${1##*/} helper devices=none line
  take_resources "$key"
  if ((${#idle_helpers[@]} > 0)); then
    helper=${idle_helpers[${#idle_helpers[@]} - 1]}
    unset -v "idle_helpers[${#idle_helpers[@]} - 1]"
  else
    new_helper
  fi
  if ((${#all_gpus[@]} > 0)); then devices=${held_gpus[$key]:--}; fi
  helper_of[$key]=$helper
  helper_job[$helper]=$key
  if [[ $index != - ]]; then
    in=${in//'%7Bindex%7D'/$index} out=${out//'%7Bindex%7D'/$index} err=${err//'%7Bindex%7D'/$index}
  fi
  line="$attempt $token $dir ${script/#"$dir/"/./} ${in/#"$dir/"/./} ${out/#"$dir/"/./} ${err/#"$dir/"/./}"
  line="J ${key%/*} $index $line $need_cpus $devices $count $need_memory"
  if [[ ${helper_env[$helper]} != "${base[$env]:-0022}" ]]; then
    helper_env[$helper]=${base[$env]:-0022}
    line="V ${helper_env[$helper]}"$'\n'$line
  fi
  # A helper that died in between is found by look_at_helpers.
  printf '%s\n' "$line" >&"${helper_in[$helper]}"
} 2>/dev/null

# startable KEY: whether it is still to be started and there is room now; 2 without room.
startable() {
  [[ -z ${ended[$1]+x}${begun[$1]+x}${outcome[$1]+x}${ended[${1%/*}/*]+x} ]] || return 1
  needs
  ((used_cpus + need_cpus <= slots && need_gpus <= ${#free_gpus[@]} &&
    used_memory + need_memory <= all_memory)) || return 2
}

# start_again: jobs whose helper died; false without room.
start_again() {
  local key
  while ((${#again[@]} > 0)); do
    key=${again[0]}
    spec_of "${key%/*}"
    count=-
    [[ $array == - ]] || split_array "$array"
    if [[ -n ${asked[$key]+x}${asked[${key%/*}/-]+x} ]]; then
      [[ -n ${ended[$key]+x} ]] || finish "$key" '- - cancelled - - -'
      again=("${again[@]:1}")
      continue
    fi
    startable "$key"
    case $? in
      0) hand_out "$key" ;;
      2) return 1 ;;
    esac
    again=("${again[@]:1}")
  done
}

# start_elements ID: as many as there is room for; false without room for the next.
start_elements() {
  local i
  split_array "$array"
  for ((i = ${next_index[$1]}; i <= last; i += step)); do
    if ((at_once > 0 && ${active[$1]:-0} >= at_once)); then
      parked[$1]=1
      return 0
    fi
    startable "$1/$i"
    case $? in
      0) spec_of "$1" && hand_out "$1/$i" ;;
      2) return 1 ;;
    esac
    next_index[$1]=$((i + step))
  done
}

# schedule: first come, first served. One that there is no room for keeps those behind it waiting.
schedule() {
  local id first last step at_once count need_cpus need_gpus need_memory
  start_again || return 0
  while ((head < tail)); do
    ((used_cpus < slots)) || return 0
    id=${queue[head]}
    spec_of "$id"
    if [[ $array != - ]]; then
      start_elements "$id" || return 0
    else
      count=-
      startable "$id/-"
      case $? in
        0) hand_out "$id/-" ;;
        2) return 0 ;;
      esac
    fi
    unset -v "queue[head]"
    head=$((head + 1))
  done
}

# ---- time --------------------------------------------------------------------------------------

# ring_timers: warnings and walltimes that are due.
ring_timers() {
  local key words token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  now
  ((next_timer > 0 && next_timer <= now_us)) || return 0
  next_timer=0
  for key in "${!deadline[@]}"; do
    if [[ -n ${warning[$key]+x} ]] && ((warning[$key] <= now_us)); then
      unset -v "warning[$key]"
      spec_of "${key%/*}"
      # shellcheck disable=SC2206
      words=(${begun[$key]})
      ! alive "${words[2]}" "${words[3]}" || kill -s "${warn%%:*}" "${words[2]}" 2>/dev/null
    fi
    if ((deadline[$key] <= now_us)); then
      unset -v "deadline[$key]"
      expire "$key"
    else
      sooner "${warning[$key]:-${deadline[$key]}}"
    fi
  done
}

expire() {
  [[ -z ${ended[$1]+x}${asked[$1]+x}${asked[${1%/*}/-]+x}${overdue[$1]+x} ]] || return 0
  spec_of "${1%/*}"
  append "T ${1%/*} ${1##*/} $attempt $now_us"
  overdue[$1]=$now_us
  reap "$1"
}

sooner() {
  ((next_timer > 0 && next_timer <= $1)) || next_timer=$1
}

# patience: sets timeout, how long the bell is listened for, in seconds.
patience() {
  local left=1000000
  if ((used_cpus > 0 && next_timer == 0 && ${#orphan[@]} + ${#reaper_of[@]} == 0)); then
    timeout=1.000000
    return
  fi
  if ((${#held_cpus[@]} == 0 && head >= tail && ${#again[@]} == 0 && ${#reaper_of[@]} == 0)); then
    timeout=$idle_seconds
    return
  fi
  ((${#orphan[@]} + ${#reaper_of[@]} == 0)) || left=100000
  if ((next_timer > 0)); then
    now
    ((next_timer - now_us >= left)) || left=$((next_timer - now_us))
    ((left > 1000)) || left=1000
  fi
  printf -v timeout '%d.%06d' "$((left / 1000000))" "$((left % 1000000))"
}

# ---- memory ------------------------------------------------------------------------------------

# look_at_memory: how large the largest process of each job became, of jobs that run for half a second or
# longer; for the helper, in peak.HELPER. Every second, and less often where a look takes long.
# What grows after the last look is not seen, so the figure is a lower bound.
look_at_memory() {
  local key path words
  local -A key_of=()
  now
  ((now_us >= next_look)) || return 0
  next_look=$now_us
  if ((now_us >= next_use)); then
    [[ $here != */agent-* ]] || : >"$here/used"
    next_use=$((now_us + 86400000000))
  fi
  for key in "${!held_cpus[@]}"; do
    # shellcheck disable=SC2206
    words=(${begun[$key]:-})
    ((now_us - ${words[1]:-now_us} < 500000)) || key_of[${words[4]}]=$key
  done
  if ((${#key_of[@]} > 0)); then
    set +f
    local paths=(/proc/[1-9]*)
    set -f
    for path in "${paths[@]}"; do
      if ! [[ -O $path ]] || ! proc_stat "${path#/proc/}"; then continue; fi
      key=${key_of[$ps_session]:-}
      if [[ -z $key || ${path#/proc/} == "$ps_session" ]] || ! high_water "$path" ||
        ((REPLY <= ${peak[$key]:-0})); then
        continue
      fi
      peak[$key]=$REPLY
      printf '%s %s\n' "$key" "$REPLY" >"$spool/peak.$ps_session"
    done
  fi
  now
  next_look=$((now_us + 1000000 + 50 * (now_us - next_look)))
}

# high_water PROCESS: sets REPLY, its largest resident set in KiB; false where it has none.
high_water() {
  local text=''
  { IFS= read -r -d '' text <"$1/status"; } 2>/dev/null
  [[ $text == *VmHWM:* ]] || return 1
  text=${text#*VmHWM:}
  text=${text%%kB*}
  REPLY=${text//[!0-9]/}
  [[ -n $REPLY ]]
}

# ---- life --------------------------------------------------------------------------------------

# replay: the ledger so far. Verbs may append at any moment; what comes behind what was read here is
# for read_ledger.
replay() {
  local id lines=()
  exec 5>>"$spool/ledger.lock"
  flock 5
  read_all
  ! compact || read_all
  exec 7>>"$spool/ledger"
  now
  append "A $now_us $$ $agent_start $boot_id"
  tell_agent
  exec 5>&-
  ask_machine
  free_gpus=("${all_gpus[@]}")
  [[ -z $boot_begun || $boot_begun == "$boot_id" ]] || end_of_boot
  for id in "${order[@]}"; do
    [[ -z ${job[$id]+x} ]] || admit "$id"
  done
}

# read_all: sets lines, and the tables.
read_all() {
  forget
  exec 7>>"$spool/ledger" 4<"$spool/ledger"
  whole_lines 4
  take_lines
  boot_begun=${boot_begun:-$boot_of_agent}
}

# tell_agent: that this one is at work.
tell_agent() {
  now
  present_since=$now_us
  until printf '%s %s %s\n' "$$" "$agent_start" "$boot_id" >"$spool/agent.new"; do sleep 0.5; done
  mv -f -- "$spool/agent.new" "$spool/agent"
}

# end_of_boot: nothing of an earlier boot runs. What left no record ended with its host.
end_of_boot() {
  local key words
  for key in "${!begun[@]}"; do
    [[ -z ${ended[$key]+x} && -n ${job[${key%/*}]+x} ]] || continue
    spec_of "${key%/*}"
    decode "$dir"
    # shellcheck disable=SC2206
    words=(${begun[$key]})
    if ! read_exit_record "$REPLY" "${key%/*}" "${key##*/}" "$attempt"; then
      r_status=- r_signal=- r_cause=node_fail r_cpu=- r_peak=-
      r_reason="$host was booted anew while it ran"
    fi
    # shellcheck disable=SC2004
    cleared[$key]=-
    end_words
    now
    append_surely "K ${key%/*} ${key##*/} $now_us -"
    finish "$key" "$REPLY"
  done
}

# compact: what has ended, of lines, goes to archive/XX, by the first two characters of its id, and what is
# forgotten goes for good; a crash in between leaves it in both, which changes nothing. False where the
# ledger stays as it is.
compact() {
  local line kind id key rest file keep=()
  local -A shelf=() gone=() used=()
  ((${#lines[@]} > compact_at || ${#forgotten[@]} > 0)) || return 1
  for id in "${order[@]}"; do
    [[ -n ${job[$id]+x} ]] || continue
    is_final "$id" && gone[$id]=1
    spec_of "$id"
    [[ -n ${gone[$id]+x} ]] || used[$env]=1
  done
  now
  keep=("~N $now_us.$$ ."$'\n')
  for line in "${lines[@]}"; do
    ledger_line "$line" || continue
    line="~$REPLY ."$'\n'
    case $kind in
      V) [[ -z ${used[$id]+x} ]] || keep+=("$line") ;;
      [ALN]) ;;
      *)
        if [[ -n ${gone[$id]+x} ]]; then
          shelf[${id:0:2}]+=$line
        elif [[ -z ${forgotten[$id]+x} ]]; then
          keep+=("$line")
        fi
        ;;
    esac
  done
  [[ -z $slots_line ]] || keep+=("~L $slots_line ."$'\n')
  mkdir -p -- "$spool/archive"
  for file in "${!shelf[@]}"; do
    printf %s "${shelf[$file]}" >>"$spool/archive/$file" || return
  done
  clear_shelves || return
  printf %s "${keep[@]}" >"$spool/ledger.new" || return
  mv -f -- "$spool/ledger.new" "$spool/ledger" || return
  bring_latecomers
}

# clear_shelves: takes what is forgotten out of the archive.
clear_shelves() {
  local id file line kept lines
  local -A shelves=()
  for id in "${!forgotten[@]}"; do shelves[${id:0:2}]=1; done
  for id in "${!shelves[@]}"; do
    file=$spool/archive/$id
    [[ -e $file ]] || continue
    mapfile lines <"$file"
    kept=()
    for line in "${lines[@]}"; do
      [[ -n ${forgotten[${line:3:36}]+x} ]] || kept+=("$line")
    done
    if ((${#kept[@]} == 0)); then
      rm -f -- "$file"
    elif ((${#kept[@]} < ${#lines[@]})); then
      printf %s "${kept[@]}" >"$file.new" && mv -f -- "$file.new" "$file" || return
    fi
  done
}

# bring_latecomers: lines that verbs appended to the old ledger, which 4 still is, before the new one
# stood; what comes later is brought by the verb itself, which looks where it went. A job's base
# environment is brought with it.
bring_latecomers() {
  local line kind id key rest words
  exec 7>>"$spool/ledger"
  whole_lines 4 || return 0
  for line in "${lines[@]}"; do
    ledger_line "$line" || continue
    line=$REPLY
    case $kind in
      V) base[$id]=$rest ;;
      Q)
        # shellcheck disable=SC2206
        words=($rest)
        append "V ${words[17]} ${base[${words[17]}]:-0022}"
        ;;
    esac
    append "$line"
  done
}

# is_final ID: whether all of it has ended.
is_final() {
  local first last step at_once count i end
  spec_of "$1"
  if [[ $array == - ]]; then
    end_of "$1/-"
    [[ -n $end ]]
    return
  fi
  split_array "$array"
  for ((i = first; i <= last; i += step)); do
    end_of "$1/$i"
    [[ -n $end ]] || return 1
  done
}

# dismissed: whether this spool is no longer its own: it was removed, and maybe made anew, with another
# agent. Then what this one knows stands nowhere any more.
dismissed() {
  [[ ! /dev/fd/9 -ef $spool/agent.lock || ! /dev/fd/7 -ef $spool/ledger ]]
}

# leave: ends what runs, as nobody can ask for its end any more, and starts nothing. What a helper was
# given a moment ago is waited for; the ledger can be read as long as it is open.
leave() {
  local key token attempt submitted cpus gpus oversubscribe wall warn grace array deps dir script in out err name env memory
  local tries word words
  for ((tries = 0; tries < 20; tries++)); do
    read_ledger
    for key in "${!held_cpus[@]}"; do
      [[ -n ${begun[$key]+x} ]] || { read -r -t 0.1 -u 3 word; continue 2; }
    done
    break
  done
  for key in "${!held_cpus[@]}"; do
    [[ -n ${begun[$key]+x} ]] || continue
    spec_of "${key%/*}"
    # shellcheck disable=SC2206
    words=(${begun[$key]})
    if [[ -e $here/reaper.bash ]]; then start_reaper "$key" left ''; else end_session "${words[4]}"; fi
  done
  exit 0
}

# end_session PID: where the scripts went with the spool: what runs in a helper's session, but itself.
end_session() {
  local path one found=1
  while [[ -n $found ]]; do
    found=
    set +f
    local paths=(/proc/[1-9]*)
    set -f
    for path in "${paths[@]}"; do
      one=${path#/proc/}
      if [[ ! -O $path || $one == "$1" ]] || ! proc_stat "$one"; then continue; fi
      [[ $ps_session == "$1" && $ps_state != [ZX] ]] && kill -KILL "$one" && found=1
    done
  done 2>/dev/null
}

# retire: ends this agent, unless something came in. Verbs append first and look for the agent then: so
# either their line is seen here or they see that there is no agent. A verb starts no second one
# within a second, so for that time this one stays.
retire() {
  now
  ((now_us - present_since > 1500000)) || return 0
  rm -f -- "$spool/agent"
  read_ledger
  schedule
  if ((${#held_cpus[@]} == 0 && head >= tail && ${#again[@]} == 0)); then
    rm -f -- "$spool/due"
    sweep_leftovers
    exit 0
  fi
  tell_agent
}

# sweep_versions: folders of scripts that no agent and no client has used for a month.
sweep_versions() {
  local folder file used
  [[ $here == */agent-* && $here -ef ${spool%/*}/${here##*/} ]] || return 0
  : >"$here/used"
  set +f
  local folders=("${here%/*}"/agent-*)
  set -f
  now
  for folder in "${folders[@]}"; do
    [[ ! $folder -ef $here ]] || continue
    file=$folder/used
    [[ -e $file ]] || file=$folder/hpc-shell
    used=$(stat -c %Y -- "$file") && ((now_us / 1000000 - used > keep_seconds)) || continue
    rm -rf -- "$folder"
  done
} 2>/dev/null

# leave_cgroup: an agent that was started from within a job does not end with it.
leave_cgroup() {
  [[ ${HPC_SHELL_CGROUP:-} != none ]] && grep -q '^0::.*/hpc-job\.' /proc/self/cgroup || return 0
  ! cgroup_home || printf '%s\n' "$$" >"$REPLY/cgroup.procs"
} 2>/dev/null

main() {
  local word
  exec 9>>"$spool/agent.lock"
  take_lock || exit 0
  [[ -p $spool/wake ]] || mkfifo -- "$spool/wake" || exit
  exec 3<>"$spool/wake"
  : >"$spool/helpers"
  [[ ${HPC_SHELL_CGROUP:-} == none ]] || ! cgroup_home || remember_home "$REPLY"
  sweep_leftovers
  leave_cgroup
  sweep_versions
  proc_stat "$$"
  agent_start=$ps_start
  replay
  while :; do
    told_itself=
    ! dismissed || leave
    read_ledger
    schedule
    [[ -z $told_itself ]] || continue
    patience
    if read -r -t "$timeout" -u 3 word; then
      while read -r -t 0 -u 3; do read -r -u 3 word; done
    elif [[ $timeout == "$idle_seconds" ]]; then
      retire
    else
      look_at_helpers
    fi
    ((${#orphan[@]} + ${#reaper_of[@]} == 0)) || look_at_orphans
    ((next_timer == 0)) || ring_timers
    look_at_memory
  done
}

main
