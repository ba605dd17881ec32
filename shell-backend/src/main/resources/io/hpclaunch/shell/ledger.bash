# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# The ledger read into tables. A key is ID/INDEX, with `-` for the index of a plain job. Needs
# lib.bash.

declare -A job=()      # ID → the words of its Q line behind the id
declare -A begun=()    # key → ATTEMPT TIME PID START SESSION GPUS CGROUP
declare -A ended=()    # key → ATTEMPT TIME STATUS SIGNAL CAUSE CPU PEAK REASON
declare -A asked=()    # key → TIME WHO: a wish to end it that came before its end
declare -A late=()     # key → 1: it ended after somebody had asked for the end of the whole job
declare -A overdue=()  # key → TIME: its walltime ended before it did
declare -A cleared=()  # key → LEFT: after asked or overdue, when its processes are gone
declare -A forgotten=() # ID → 1: whatever else stands there of it
declare -A base=()     # ENV → UMASK NAME=VALUE…
declare -A wanted=()   # ids to read; all where empty
order=()               # ids as they were submitted
slots_line=            # SLOTS GPUS MEMORY; without MEMORY it is -
boot_of_agent=         # of the last agent
boot_begun=            # of the agent that started what runs
ledger_name=           # from its first N line
line_count=0           # lines read, torn ones too
following=             # set: keep news
news=()                # line → ID, or the key, that it is about
declare -A dependants=() # ID → ids of jobs that depend on it, of the first known_order of order
known_order=0

# enter: a line that ledger_line took apart, into the tables. A repeated line changes nothing. What
# most lines are comes first, and is not taken apart any further.
enter() {
  case $kind in
    Q)
      [[ -z ${job[$id]+x}${forgotten[$id]+x} ]] || return 0
      job[$id]=$rest
      order+=("$id")
      ;;
    S) begun[$key]=${rest#* } ;;
    E)
      [[ -z ${ended[$key]+x} ]] || return 0
      ended[$key]=${rest#* }
      [[ -z ${asked[$id/-]+x} ]] || late[$key]=1
      ;;
    *)
      # shellcheck disable=SC2086
      enter_rare $REPLY
      ;;
  esac
}

enter_rare() {
  case $1 in
    C) [[ -n ${ended[$2/$3]+x} || -n ${asked[$2/$3]+x} ]] || asked[$2/$3]="$4 $5" ;;
    T) [[ -n ${ended[$2/$3]+x} ]] || overdue[$2/$3]=$5 ;;
    K) cleared[$2/$3]=$5 ;;
    F)
      forgotten[$2]=1
      unset -v "job[$2]"
      ;;
    V) base[$2]="${*:3}" ;;
    L) slots_line="$2 $3 ${4:--}" ;;
    A) boot_of_agent=$5 ;;
    N) ledger_name=${ledger_name:-$2} ;;
  esac
}

# whole_lines FD: sets lines to what can be read there, each with its line end. A line whose end is
# not there yet is kept in partial, for the next call. False where there is nothing.
partial=
whole_lines() {
  lines=()
  mapfile -u "$1" lines 2>/dev/null
  local last=$((${#lines[@]} - 1))
  ((last >= 0)) || return 1
  lines[0]=$partial${lines[0]}
  partial=
  if [[ ${lines[last]} != *$'\n' ]]; then
    partial=${lines[last]}
    unset -v 'lines[last]'
  fi
}

# load FILE: enters its lines: of the wanted jobs, or all. False when it can't be read.
load() {
  local lines=() partial=
  { exec {load_fd}<"$1"; } 2>/dev/null || return 1
  whole_lines "$load_fd"
  exec {load_fd}<&-
  take_lines
}

# take_lines: enters lines: of the wanted jobs, or all. line_count counts them; with
# following set, news tells which key each is about.
take_lines() {
  local line kind id rest key some=${#wanted[@]}
  for line in "${lines[@]}"; do
    line_count=$((line_count + 1))
    ledger_line "$line" || continue
    if ((some)) && [[ -z ${wanted[$id]+x} && $kind != [LN] ]]; then
      continue
    fi
    enter
    [[ -z $following ]] && continue
    case $kind in
      Q | F) news[line_count]=$id ;;
      [SECTK]) news[line_count]=$key ;;
    esac
  done
}

# forget: empties the tables.
forget() {
  job=() begun=() ended=() asked=() overdue=() cleared=() base=() order=() news=()
  slots_line='' boot_of_agent='' ledger_name='' line_count=0 partial=''
  forgotten=() dependants=() known_order=0
}

# split_array SPEC: sets first, last, step, at_once (0: no limit) and count.
split_array() {
  local IFS=:
  # shellcheck disable=SC2086
  set -- $1
  first=$1 last=$2 step=$3 at_once=${4:--}
  [[ $at_once != - ]] || at_once=0
  count=$(((last - first) / step + 1))
}

# spec_of ID: sets the variables of a job from its Q line.
spec_of() {
  # shellcheck disable=SC2086
  set -- ${job[$1]}
  token=$1 attempt=$2 submitted=$3 cpus=$4 gpus=$5 oversubscribe=$6 wall=$7 warn=$8 grace=$9
  array=${10} deps=${11} dir=${12} script=${13} in=${14} out=${15} err=${16} name=${17} env=${18} memory=${19:--}
}

# end_of KEY: sets end, the words of the key's end; empty while there is none. What was asked to
# end, or had to, has ended when its processes are gone.
end_of() {
  local id=${1%/*}
  end=${ended[$1]:-}
  if [[ -n ${begun[$1]+x} ]]; then
    if [[ -n ${asked[$1]+x} || -n ${overdue[$1]+x} || -n ${asked[$id/-]+x} ]] && outside_clearing "$1"; then
      end=
    fi
  elif [[ -z $end ]]; then
    end=${ended[$id/*]:-}
  fi
}

# outside_clearing KEY: whether its processes have still to go. A wish that came for a whole array
# after an element's end does not touch that element; what counts is the order in the ledger.
outside_clearing() {
  [[ -z ${cleared[$1]+x} ]] || return 1
  [[ -z ${ended[$1]+x} || -n ${asked[$1]+x} || -n ${overdue[$1]+x} || -n ${late[$1]+x} ]]
}

# was_asked KEY: whether a wish to end it came before its end.
was_asked() {
  [[ -n ${asked[$1]+x} || -n ${late[$1]+x} ]]
}

# verdict KEY: sets state, cause and reason from end, which end_of has set and is not empty.
verdict() {
  # shellcheck disable=SC2086
  set -- "$1" $end
  local status=$4 signal=$5
  state=FAILED cause=$6 reason=$9
  if [[ -n ${overdue[$1]+x} ]]; then
    cause=timeout
    [[ $reason != - ]] || reason=its%20walltime%20is%20over
  elif [[ $cause == cancelled ]] || { [[ $cause != dependency ]] && was_asked "$1"; }; then
    state=CANCELLED cause=-
    [[ $reason != - ]] || reason=cancelled
  elif [[ $cause == - && $status == 0 ]]; then
    state=COMPLETED
  elif [[ $cause == - && $signal != - ]]; then
    cause=signal
  elif [[ $cause == - ]]; then
    cause=exit_code
  fi
  local left=${cleared[$1]:--}
  [[ $left == - ]] || reason="$reason;%20left:%20$left"
}
