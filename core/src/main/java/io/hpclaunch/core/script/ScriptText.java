// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

/** The parts of a job's script that are the same for all jobs. */
final class ScriptText {
  /** Clock, exit record, and the end of a job that could not be started. */
  static final String FUNCTIONS = """
      hpc_now() { # VARIABLE: seconds since 1970
        if [[ -n ${EPOCHREALTIME-} ]]; then
          printf -v "$1" '%s.%.3s' "${EPOCHREALTIME%[.,]*}" "${EPOCHREALTIME#*[.,]}"
        else # bash before 5.0
          printf -v "$1" '%(%s)T.000' -1
        fi
      }
      hpc_record() { # STATUS SIGNAL CAUSE REASON CPU_MS: complete once its last line stands
        local file=$hpc_folder/exit$hpc_suffix ended text
        hpc_now ended
        printf -v text '%s\\n' v=1 "token=$hpc_token" "native=$hpc_native" "index=${hpc_index:--}" \\
          "attempt=$hpc_attempt" "host=$hpc_host" "started=$hpc_started" "ended=$ended" \\
          "status=$1" "signal=$2" "cause=$3" "reason=${4//$'\\n'/ }" "cpu_ms=$5" peak_kb=- end
        umask 077
        if [[ -e $file ]]; then # an earlier attempt's: replaced whole
          printf %s "$text" >"$file.$$" && command -p mv -f -- "$file.$$" "$file"
        else
          printf %s "$text" >"$file"
        fi
      }
      hpc_fail() { # REASON: the command cannot be started
        printf 'hpc-launch: %s\\n' "$1" >&2
        hpc_record 1 - launch "$1" -
        exit 1
      }
      """;

  /** Before anything that could end the job: who it is. */
  static final String ANNOUNCE = """
      if [[ -z $hpc_native ]]; then
        printf 'hpc-launch: no scheduler runs this script: it names no job\\n' >&2
        exit 1
      fi
      hpc_suffix=${hpc_index:+.$hpc_index}
      { read -r _; read -r _ hpc_umask; } </proc/$$/status 2>/dev/null # its second line, proc(5)
      [[ $hpc_umask == 0* ]] || hpc_umask=$(umask)
      read -r hpc_host </proc/sys/kernel/hostname 2>/dev/null || hpc_host=$HOSTNAME
      hpc_now hpc_started

      # Announce: whoever looks for this token finds the job.
      if [[ -z $hpc_attempt ]]; then
        hpc_attempt=1
        while read -r _ _ hpc_id _; do
          [[ $hpc_id != "$hpc_native" ]] || hpc_attempt=$((hpc_attempt + 1))
        done 2>/dev/null <"$hpc_folder/announced$hpc_suffix"
      fi
      umask 077
      if ! printf 'v1 %s %s %s %s %s %s %s\\n' "$hpc_token" "$hpc_native" "${hpc_index:--}" \\
        "$hpc_attempt" "$hpc_host" "$$" "${hpc_started%.*}" >>"$hpc_folder/announced$hpc_suffix"; then
        printf 'hpc-launch: %s cannot be written on %s: nothing was run\\n' \\
          "$hpc_folder" "$hpc_host" >&2
        exit 1
      fi

      # Fence: the first native id to create the claim owns the token; another one does nothing.
      # An exclusive create is atomic on NFS too. The id follows a moment later, so an empty claim
      # is looked at again; one that stays empty was left by a start that was killed in between,
      # and is ours where nobody else ever announced himself.
      set -C
      { printf '%s\\n' "$hpc_native" >"$hpc_claim"; } 2>/dev/null
      set +C
      hpc_owner=
      for _ in {1..20}; do
        IFS= read -r hpc_owner 2>/dev/null <"$hpc_claim" && break
        command -p sleep 0.1
      done
      if [[ -z $hpc_owner && -e $hpc_claim ]]; then
        while read -r _ _ hpc_id _; do
          [[ $hpc_id == "$hpc_native" ]] || hpc_owner=unknown
        done < <(command -p cat -- "$hpc_folder"/announced*)
        [[ -n $hpc_owner ]] || printf '%s\\n' "${hpc_owner:=$hpc_native}" >>"$hpc_claim"
      fi
      case $hpc_owner in
        "$hpc_native") ;;
        '' | unknown)
          printf 'hpc-launch: %s names no owner: nothing was run\\n' "$hpc_claim" >&2
          exit 1
          ;;
        *) exit 0 ;;
      esac
      umask "$hpc_umask"
      """;

  /** Within the command's process, before the command. */
  static final String STARTING = """
        set +m
        exec 9<&- # from here on a signal that is handed on arrives
        hpc_not_started() { # REASON: tells it to the process that writes the exit record
          trap - EXIT ERR
          printf 'hpc-launch: %s\\n' "$1" >&2
          umask 077
          printf '%s\\n' "${1//$'\\n'/ }" >"$hpc_folder/launch$hpc_suffix.$hpc_attempt"
          exit "${2:-1}"
        }
      """;

  /** Where lines run that must not fail; those that a sourced file leaves behind do not count. */
  static final String CHECKED_LINES = """
        hpc_line_failed() { # STATUS LINE
          [[ ${FUNCNAME[1]} == main ]] || return 0
          hpc_not_started "${hpc_said:-$2 failed with status $1}"
        }
        trap 'hpc_not_started "the prologue ended with status $? before the command"' EXIT
      """;

  /** Finds the function {@code module}, and tells when it failed, also where it returns 0. */
  static final String MODULES = """
        for hpc_init in "${BASH_ENV-}" "${MODULESHOME-}/init/bash" "${LMOD_PKG-}/init/bash" \\
          /etc/profile.d/{modules,lmod,z00_lmod}.sh /usr/share/{lmod/lmod,modules,Modules}/init/bash; do
          ! declare -F module >/dev/null || break
          # shellcheck source=/dev/null
          [[ ! -f $hpc_init ]] || . "$hpc_init"
        done
        hpc_module() { # NAME
          local file=$hpc_folder/.module$hpc_suffix status
          module load "$1" 2>"$file"
          status=$?
          hpc_said=$(<"$file")
          command -p rm -f -- "$file"
          [[ -z $hpc_said ]] || printf '%s\\n' "$hpc_said" >&2
          case $status:$hpc_said in 0:*:ERROR:*) status=1 ;; esac # modules 3 return 0
          hpc_said="module load $1 failed with status $status: $hpc_said"
          ((status == 0)) && hpc_said=
          return "$status"
        }
      """;

  /**
   * What asked for the end before the command was started: it is not started. A signal later than
   * this is handed on when the command's process is there.
   */
  static final String EARLY = """
      for hpc_signal in "${hpc_early[@]}"; do
        hpc_signal=${hpc_signal%% *}
        case $hpc_signal in HUP | INT | QUIT | TERM) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # words
        trap '' $hpc_signals
        hpc_signal=$(kill -l "$hpc_signal")
        hpc_record "$((128 + hpc_signal))" "$hpc_signal" - - -
        exit "$((128 + hpc_signal))"
      done
      if [[ -e $hpc_folder/cancelled || -e $hpc_folder/cancelled$hpc_suffix ]]; then
        # shellcheck disable=SC2086 # words
        trap '' $hpc_signals
        hpc_record 143 15 cancelled 'cancelled before the command was started' -
        exit 143
      fi
      """;

  /**
   * Hands signals on to the child until it has ended. bash answers 255 or -1 where another end or a
   * signal came in between, and the true status when it is asked again.
   */
  static final String FOLLOW = """
      hpc_pid=$!
      set +m
      exec </dev/null >/dev/null 2>&1 8>&- 9<&- # the command's streams are its own
      # shellcheck disable=SC2086 # words
      for hpc_signal in "${hpc_early[@]}"; do hpc_pass $hpc_signal; done
      hpc_again=1
      while [[ -n $hpc_again ]] || kill -0 "$hpc_pid"; do # a signal ends the wait, not the command
        hpc_again=
        wait "$hpc_pid"
        hpc_status=$?
        ((hpc_status != 255 && hpc_status != -1)) || { wait "$hpc_pid"; hpc_status=$?; }
      done
      trap '' $hpc_signals
      """;

  /** Writes the record of a command that has ended. */
  static final String RECORD = """

      hpc_signal=- hpc_cause=- hpc_reason=- hpc_cpu=-
      ((hpc_status > 128 && hpc_status <= 192)) && hpc_signal=$((hpc_status - 128))
      if IFS= read -r hpc_reason <"$hpc_folder/launch$hpc_suffix.$hpc_attempt"; then
        hpc_signal=- hpc_cause=launch
      else
        hpc_reason=-
      fi
      # Fields 16 and 17: time of waited-for children in hundredths of a second, proc(5).
      read -r hpc_stat </proc/$$/stat
      # shellcheck disable=SC2206 # words
      hpc_stat=(${hpc_stat##*) })
      [[ ${hpc_stat[14]-} != [0-9]* ]] || hpc_cpu=$(((hpc_stat[13] + hpc_stat[14]) * 10))
      hpc_record "$hpc_status" "$hpc_signal" "$hpc_cause" "$hpc_reason" "$hpc_cpu"
      exit "$hpc_status"
      """;

  /**
   * Signals go to the command's process group; a warning goes to the command alone. A process that
   * was only just forked still has the handlers of this one and would lose a signal when it drops
   * them; it has closed 9, which is the claim, when it has. TERM comes first: bash would take it
   * amiss between its first trap and that of TERM.
   *
   * <p>CONT has no trap: of two signals with traps that arrive at once, while bash waits, it loses
   * one (seen in 5.2), and Slurm sends CONT after every other signal. Who is stopped needs none.
   */
  static final String SIGNALS = """
      hpc_pid='' hpc_early=() hpc_ready=''
      hpc_pass() { # SIGNAL GROUP: GROUP is - for the whole process group
        local try
        hpc_again=1
        if [[ -z $hpc_pid ]]; then
          hpc_early+=("$*")
          return
        fi
        for ((try = 0; try < 100; try++)); do
          [[ -z $hpc_ready && /proc/$hpc_pid/fd/9 -ef $hpc_claim ]] || break
          command -p sleep 0.01
        done
        hpc_ready=1
        kill -s "$1" -- "${2-}$hpc_pid"
      }
      hpc_halt() {
        hpc_pass TSTP -
        kill -s STOP "$$"
        hpc_pass CONT -
      }
      for hpc_signal in TERM $hpc_signals; do
        # shellcheck disable=SC2064 # the name is meant now
        case $hpc_signal in
          USR1 | USR2 | "$hpc_warning") trap "hpc_pass $hpc_signal" "$hpc_signal" ;;
          TSTP) trap hpc_halt TSTP ;;
          *) trap "hpc_pass $hpc_signal -" "$hpc_signal" ;;
        esac
      done
      """;

  private ScriptText() {}
}
