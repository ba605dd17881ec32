// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

/** The parts of a script with a container that are the same for all jobs. */
final class ContainerText {
  /**
   * A word for bash: the file that the runtime writes once there is a container; Podman writes it
   * when the container has its first process. One of its own for each attempt.
   */
  static final String STARTED = "\"$hpc_folder/.container$hpc_suffix.$hpc_attempt\"";

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
          { export -p && declare -p hpc_kind hpc_runtime hpc_label hpc_container; } \\
            >"$hpc_folder/container$hpc_suffix"
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
          . "$hpc_folder/container$hpc_suffix" || exit 0
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
        # shellcheck disable=SC2064 # the name is meant now
        trap "hpc_pass $hpc_signal -; hpc_stop" "$hpc_signal"
      done
      """;

  /** Begins to ask why a container may not have started. */
  static final String ENDED_BEGIN = """
      [[ ! -e $hpc_folder/container$hpc_suffix ]] || (
        umask 077
        # shellcheck source=/dev/null
        . "$hpc_folder/container$hpc_suffix" 2>/dev/null
        hpc_said=
      """;

  /**
   * Whether a status is the runtime's own. Podman and Docker: 125 to 127, podman-run(1); the file
   * tells whether the command was reached. Apptainer and Singularity: 255 with {@code FATAL:} on
   * standard error, which is the command's; so that another container has to say it.
   */
  static final String WHY = """
        case $hpc_kind:$hpc_status in
          podman:12[5-7] | docker:125)
            [[ -e %s ]] || hpc_said="$hpc_kind could not start the command in the container: \
      status $hpc_status, its words are in the standard error"
            ;;
          apptainer:255 | singularity:255)
            while IFS= read -r hpc_line; do
              case $hpc_line in
                FATAL:*'"true"'*) hpc_said= ;;
                FATAL:*) hpc_said=${hpc_line#FATAL:} ;;
              esac
            done < <("${hpc_container[@]}" true 2>&1 >/dev/null </dev/null)
            [[ -z $hpc_said ]] || hpc_said="$hpc_kind:${hpc_said//  /}"
            ;;
        esac
      """.formatted(STARTED);

  /** Ends it. */
  static final String ENDED_END = """
        [[ -z $hpc_said ]] || printf '%s\\n' "$hpc_said" >"$hpc_folder/launch$hpc_suffix.$hpc_attempt"
      )
      """;

  /** The variables of the job are in that file. */
  static final String FORGET =
      "command -p rm -f -- \"$hpc_folder/container$hpc_suffix\" " + STARTED + "\n";

  private ContainerText() {}
}
