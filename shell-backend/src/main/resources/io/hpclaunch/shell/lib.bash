# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# What the verbs, the agent and its helpers share. Bash 4.2 or newer; needs LC_ALL=C, so that a
# character is a byte, and `set -f`, so that words are split and never expanded.
#
# The ledger is the one record of a spool: lines are only ever appended, each by one write, without
# a lock. A line is `~KIND WORD… .`; a torn one (full disk) lacks its end and is passed over, and
# what is glued behind it is found by its `~`. Words carry bytes outside the plain set as %XX, `-` is
# "none". A line that stands there twice counts once.
#
#   N NAME                            names this ledger; the first one counts
#   V ENV UMASK NAME=VALUE…           the base environment of the jobs of one submit call
#   L SLOTS GPUS [MEMORY]             what the machine may give; MEMORY in KiB
#   Q ID TOKEN ATTEMPT TIME CPUS GPUS OVERSUBSCRIBE WALL WARN GRACE ARRAY DEPS DIR SCRIPT STDIN STDOUT STDERR NAME ENV [MEMORY]
#   S ID INDEX ATTEMPT TIME PID START SESSION GPUS CGROUP     written by the process that becomes the job
#   E ID INDEX ATTEMPT TIME STATUS SIGNAL CAUSE CPU PEAK REASON     INDEX * : all that never started
#   C ID INDEX TIME WHO               somebody asked for the end; INDEX - : of the whole job
#   T ID INDEX ATTEMPT TIME           the walltime is over
#   K ID INDEX TIME LEFT              after C or T: no process is left (or LEFT names some)
#   F ID TIME                         all of it is forgotten, what stands in the archive, too
#   A TIME PID START BOOT             an agent begins
#
# Times are microseconds since 1970. START is field 22 of /proc/PID/stat, see proc(5).

# ledger_line LINE: takes a line of the ledger apart, without its marks and line end: sets REPLY, all of
# it; kind; id; rest, what stands behind the id; key, ID/INDEX where an index is there. False where the
# line is torn. (`${1##*"~"}` alone takes the square of the length, so it is kept for torn ones.)
ledger_line() {
  [[ $1 == *$' .\n' ]] || return 1
  REPLY=${1:1:${#1}-4}
  case $REPLY in
    *'~'*) REPLY=${REPLY##*'~'} ;;
    *) [[ $1 == '~'* ]] || return 1 ;;
  esac
  kind=${REPLY:0:1} id=${REPLY:2:36} rest=${REPLY:39}
  key=$id/${rest%% *}
}

# append LINE: to 7, the ledger, as one write. What bash prints goes out in several when it is longer
# than its buffer, and the line of another process could come in between. False on a full disk.
append() {
  if ((${#1} < 1000)); then
    printf '~%s .\n' "$1" >&7
  else
    cat <<<"~$1 ." >&7
  fi 2>/dev/null
}

# append_surely LINE: waits while the disk is full, since what the line tells can't be told later.
# Fails when the spool was removed: then nobody is left who would read it.
append_surely() {
  until append "$1"; do
    [[ -d $spool ]] || return
    sleep 0.5
  done
}

# now: sets now_us.
if [[ -n ${EPOCHREALTIME:-} ]]; then
  now() {
    now_us=${EPOCHREALTIME/[.,]/}
  }
else # bash before 5.0 has whole seconds only
  now() {
    local up rest
    read -r up rest </proc/uptime
    up=${up/./}0000
    if [[ -z ${clock_offset:-} ]]; then
      clock_offset=$(date +%s%6N)
      clock_offset=$((clock_offset - up))
    fi
    now_us=$((clock_offset + up))
  }
fi

# encode TEXT: sets REPLY, one word.
encode() {
  REPLY=$1
  case $REPLY in
    '') REPLY=- ;;
    -) REPLY=%2D ;;
    *[!A-Za-z0-9/._:,+@=-]*)
      REPLY=${REPLY//%/%25}
      REPLY=${REPLY// /%20}
      REPLY=${REPLY//'~'/%7E}
      REPLY=${REPLY//\\/%5C}
      REPLY=${REPLY//$'\n'/%0A}
      REPLY=${REPLY//$'\t'/%09}
      REPLY=${REPLY//$'\r'/%0D}
      ;;
  esac
}

# decode WORD: sets REPLY, the text; empty for `-`.
decode() {
  case $1 in
    -) REPLY= ;;
    *%*) printf -v REPLY %b "${1//'%'/\\x}" ;;
    *) REPLY=$1 ;;
  esac
}

# proc_stat PID: sets ps_state, ps_parent, ps_group, ps_session, ps_start; false when it is gone.
# The name of a program may hold anything, so what counts is behind the last parenthesis.
proc_stat() {
  local text=''
  { IFS= read -r -d '' text <"/proc/$1/stat"; } 2>/dev/null
  [[ -n $text ]] || return 1
  # The name has at most 15 bytes; to look for it in all of the text would take its square.
  local front=${text:0:32}
  # shellcheck disable=SC2206
  local words=(${front##*) }${text:32})
  ps_state=${words[0]} ps_parent=${words[1]} ps_group=${words[2]} ps_session=${words[3]}
  ps_start=${words[19]}
}

# alive PID START: whether that very process runs. A zombie does not.
alive() {
  [[ $1 == [1-9]* ]] && proc_stat "$1" && [[ $ps_start == "$2" && $ps_state != [ZX] ]]
}

# read_line FILE: sets REPLY, its first line; false without one.
read_line() {
  REPLY=
  [[ -r $1 ]] && IFS= read -r REPLY <"$1" && [[ -n $REPLY ]]
}

# agent_alive: whether the spool's agent runs in this very boot.
agent_alive() {
  read_line "$spool/agent" || return 1
  # shellcheck disable=SC2086
  set -- $REPLY
  [[ $3 == "$boot_id" ]] && alive "$1" "$2"
}

# size KIB: sets REPLY, in the largest unit that leaves a whole number.
size() {
  local units=KMGT
  REPLY=$1
  while ((REPLY > 0 && REPLY % 1024 == 0 && ${#units} > 1)); do
    REPLY=$((REPLY / 1024)) units=${units:1}
  done
  REPLY+=${units:0:1}
}

# machine_memory: sets REPLY, KiB of memory that this machine has, to whole MiB.
machine_memory() {
  local word size rest
  while read -r word size rest; do [[ $word != MemTotal: ]] || break; done </proc/meminfo
  REPLY=$((size / 1024 * 1024))
}

# suffix INDEX: sets REPLY, what the names of an element's files end in.
suffix() {
  REPLY=
  [[ $1 == - ]] || REPLY=.$1
}

record_keys='v token native index attempt host started ended status signal cause reason cpu_ms peak_kb end'

# read_exit_record FOLDER ID INDEX ATTEMPT: sets r_status, r_signal, r_cause, r_reason, r_cpu,
# r_peak, r_started, r_ended; false where that attempt left no complete record.
read_exit_record() {
  local lines line native='' attempt='' suffix=
  [[ $3 == - ]] || suffix=.$3
  [[ -e $1/exit$suffix ]] && mapfile -t lines 2>/dev/null <"$1/exit$suffix" || return 1
  ((${#lines[@]} > 1)) && [[ ${lines[${#lines[@]} - 1]} == end ]] || return 1
  if [[ ${lines[*]%%=*} == "$record_keys" ]]; then # as all our scripts write it
    native=${lines[2]#*=} attempt=${lines[4]#*=} r_started=${lines[6]#*=} r_ended=${lines[7]#*=}
    r_status=${lines[8]#*=} r_signal=${lines[9]#*=} r_cause=${lines[10]#*=}
    r_reason=${lines[11]#*=} r_cpu=${lines[12]#*=} r_peak=${lines[13]#*=}
    [[ $native == "$2" && $attempt == "$4" && $r_status == [0-9]* ]]
    return
  fi
  r_status=- r_signal=- r_cause=- r_reason=- r_cpu=- r_peak=- r_started=- r_ended=-
  for line in "${lines[@]}"; do
    case $line in
      native=*) native=${line#*=} ;;
      attempt=*) attempt=${line#*=} ;;
      status=*) r_status=${line#*=} ;;
      signal=*) r_signal=${line#*=} ;;
      cause=*) r_cause=${line#*=} ;;
      reason=*) r_reason=${line#*=} ;;
      cpu_ms=*) r_cpu=${line#*=} ;;
      peak_kb=*) r_peak=${line#*=} ;;
      started=*) r_started=${line#*=} ;;
      ended=*) r_ended=${line#*=} ;;
    esac
  done
  [[ $native == "$2" && $attempt == "$4" && $r_status == [0-9]* ]]
}

# write_exit_record FOLDER TOKEN ID INDEX ATTEMPT: writes the r_… variables, times as they are.
write_exit_record() {
  suffix "$4"
  local file=$1/exit$REPLY work=$1/.exit$REPLY.$BASHPID text
  printf -v text '%s\n' v=1 "token=$2" "native=$3" "index=$4" "attempt=$5" "host=$host" \
    "started=$r_started" "ended=$r_ended" "status=$r_status" "signal=$r_signal" "cause=$r_cause" \
    "reason=${r_reason//$'\n'/ }" "cpu_ms=$r_cpu" "peak_kb=$r_peak" end
  { printf %s "$text" >"$work" && mv -f -- "$work" "$file"; } 2>/dev/null
}

# seconds MICROSECONDS: sets REPLY, with three decimals; `-` stays.
seconds() {
  REPLY=$1
  [[ $1 == - ]] || printf -v REPLY '%d.%03d' "$(($1 / 1000000))" "$(($1 / 1000 % 1000))"
}

# conclude FOLDER TOKEN ID INDEX ATTEMPT STARTED STATUS [CPU_MS]: how an attempt ended, whose processes are
# gone, as r_… variables. STATUS is what wait(2) told, or - where nobody waited. The script's own
# record says it; where it could not write one it is written here.
conclude() {
  read_exit_record "$1" "$3" "$4" "$5" && return
  r_status=$7 r_signal=- r_cause=- r_reason=- r_cpu=${8:--} r_peak=-
  seconds "$6"
  r_started=$REPLY
  now
  seconds "$now_us"
  r_ended=$REPLY
  if [[ $7 == - ]]; then
    r_status=137 r_cause=signal
    r_reason='the script ended without an exit record while nobody waited for it: both were killed'
  elif (($7 > 128 && $7 <= 192)); then
    r_signal=$(($7 - 128)) r_cause=signal
    r_reason="signal $r_signal ended the script"
  elif read_line "$1/claim" && [[ $REPLY != "$3" ]]; then
    # The folder and its record belong to that other submission.
    r_cause=launch
    r_reason="the token was claimed by $REPLY: this submission did nothing"
    return
  elif (($7 == 126 || $7 == 127)); then
    r_cause=launch
    r_reason='the script could not be started'
  elif (($7 != 0)); then
    r_reason='the script ended without an exit record'
  elif ! read_line "$1/claim"; then # status 0 alone is no evidence
    r_cause=launch
    r_reason='the script ended before it had claimed the job: nothing was run'
  fi
  write_exit_record "$1" "$2" "$3" "$4" "$5"
}

# end_words: sets REPLY, the words of an E line from STATUS on, from the r_… variables. The record
# has all of a long reason.
end_words() {
  REPLY=-
  [[ $r_reason == - ]] || encode "${r_reason:0:250}"
  REPLY="${r_status:--} ${r_signal:--} ${r_cause:--} ${r_cpu:--} ${r_peak:--} $REPLY"
}
