// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

/** The parts of a script with a container that are the same for all jobs. */
final class ContainerText {
  /** Variables that every container sees, beside those that the job names. */
  private static final String PASSED =
      "HPC_* SLURM_* PBS_* OMPI_* PMIX_* PMI_* MPI_* OMP_* CUDA_VISIBLE_DEVICES";

  /** An image that is not there is fetched first, so that what goes wrong can be told. */
  static final String PULL = """
        "$hpc_runtime" image inspect "$hpc_image" >/dev/null 2>&1 || {
          hpc_said=$("$hpc_runtime" pull --quiet "$hpc_image" 2>&1 >/dev/null) ||
            hpc_not_started "the image $hpc_image cannot be had on $hpc_host: ${hpc_said##*$'\\n'}" 125
        }
      """;

  /**
   * {@code --env 'HPC_*'} passes on what begins so, as podman finds it where it is started. Without
   * a first process that passes signals on, one that has no handler for TERM would not end.
   */
  static final String PODMAN = """
        hpc_container+=(--label "io.hpclaunch.job=$hpc_label")
        for hpc_name in /usr/libexec/podman/catatonit "$(type -P catatonit)"; do
          [[ ! -x $hpc_name ]] || { hpc_container+=(--init) && break; }
        done
        while read -r hpc_name; do
          hpc_container+=(--env "$hpc_name")
        done <<<'%s'
      """.formatted(PASSED.replace(" ", "\n"));

  /** Its daemon would run the command as root, and its {@code --env} knows no patterns. */
  static final String DOCKER = """
        hpc_container+=(--label "io.hpclaunch.job=$hpc_label" --init --user "$EUID:${GROUPS[0]}")
        while read -r hpc_name; do
          case $hpc_name in %s) hpc_container+=(--env "$hpc_name") ;; esac
        done < <(compgen -e)
      """.formatted(PASSED.replace(" ", " | "));

  /** For the process that follows this one: what it needs to look after the container. */
  static final String KEEP = """
        (
          umask 077
          hpc_directory=$PWD # where the options' own relative paths count from
          { export -p &&
            declare -p hpc_kind hpc_runtime hpc_label hpc_container hpc_program hpc_directory; } \\
            >"$hpc_folder/container$hpc_suffix.$hpc_attempt"
        )
      """;

  /**
   * Containers of Podman and Docker are no children of the job and outlive its processes. Once a
   * signal has asked for the end, what is left of them after a while is removed, before the
   * scheduler kills this process.
   */
  static final String FOLLOWING = """
      hpc_remove() {
        (
          # shellcheck source=/dev/null
          . "$hpc_folder/container$hpc_suffix.$hpc_attempt" || exit 0
          CDPATH='' cd -- "$hpc_directory"
          case $hpc_kind in podman | docker) ;; *) exit 0 ;; esac
          mapfile -t ids < <("$hpc_runtime" ps --all --quiet --filter \\
            "label=io.hpclaunch.job=$hpc_label")
          ((${#ids[@]} > 0)) || exit 0
          "$hpc_runtime" kill "${ids[@]}"
          "$hpc_runtime" rm --force "${ids[@]}"
        ) </dev/null >/dev/null 2>&1
      }
      hpc_stop() {
        local try
        [[ -n $hpc_pid && -z ${hpc_stopping-} ]] || return 0
        hpc_stopping=1
        for ((try = 0; try < hpc_patience; try++)); do
          kill -0 "$hpc_pid" 2>/dev/null || return 0
          command -p sleep 0.1
        done
        hpc_remove
      }
      for hpc_signal in HUP INT QUIT TERM; do
        [[ $hpc_signal != "${hpc_warning-}" ]] || continue # it asks for no end
        # shellcheck disable=SC2064 # the name is meant now
        trap "hpc_pass $hpc_signal -; hpc_stop" "$hpc_signal"
      done
      """;

  /** Begins to ask why a container may not have started. */
  static final String ENDED_BEGIN = """
      [[ ! -e $hpc_folder/container$hpc_suffix.$hpc_attempt ]] || (
        umask 077
        # shellcheck source=/dev/null
        . "$hpc_folder/container$hpc_suffix.$hpc_attempt" 2>/dev/null
        CDPATH='' cd -- "${hpc_directory-}" 2>/dev/null
        hpc_said=
      """;

  /**
   * Whether a status is the runtime's own, which the runtime has to say once more: what it said is
   * in the command's standard error. Podman and Docker: 125 to 127, podman-run(1), and 1 of the
   * first process that Podman's {@code --init} puts before the command (seen on catatonit 0.1.7);
   * to make a container, and with Podman to initialize it, finds what is wrong and runs nothing.
   * Apptainer and Singularity: 255, with {@code FATAL:} on standard error.
   */
  static final String WHY = """
        hpc_try() {
          local id last=$((${#hpc_container[@]} - 1))
          id=$("$hpc_runtime" create "${hpc_container[@]:2:last-2}" --init=false \\
            "${hpc_container[last]}" "$hpc_program" </dev/null) || return
          [[ $hpc_kind != podman ]] || "$hpc_runtime" init "$id"
        }
        case ${hpc_stopping-}$hpc_kind:$hpc_status in # one that was asked to end had begun
          podman:1 | podman:12[5-7] | docker:125) hpc_said=$(hpc_try 2>&1 >/dev/null) && hpc_said= ;;
          apptainer:255 | singularity:255)
            hpc_said=$("${hpc_container[@]}" true 2>&1 >/dev/null </dev/null)
            [[ $hpc_said == *FATAL:* && $hpc_said != *FATAL:*'"true"'* ]] || hpc_said=
            hpc_said=${hpc_said##*FATAL:}
            ;;
        esac
      """;

  /** Ends it. */
  static final String ENDED_END = """
        hpc_said=${hpc_said%%$'\\n'[$'\\n'S]*} # See 'podman create --help'
        hpc_said=${hpc_said##*$'\\n'}
        read -r hpc_said <<<"$hpc_said" # without the blanks before it
        [[ -z $hpc_said ]] ||
          printf '%s: %s\\n' "$hpc_kind" "$hpc_said" >"$hpc_folder/launch$hpc_suffix.$hpc_attempt"
      )
      """;

  /** The variables of the job are in that file. */
  static final String FORGET =
      "command -p rm -f -- \"$hpc_folder/container$hpc_suffix.$hpc_attempt\"\n";

  private ContainerText() {}
}
