// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

/**
 * How a script learns, on its node, what its scheduler calls the job: words for bash, which it
 * expands between double quotes.
 *
 * @param nativeId the job's id, of an array the whole array's; empty where there is none
 * @param index the scheduler's index of the element; empty for a plain job
 * @param attempt the number of the attempt; empty where it is to be counted from the announcements
 */
public record NativeIdSource(String nativeId, String index, String attempt) {
  /** Slurm; see sbatch(1), "OUTPUT ENVIRONMENT VARIABLES". */
  public static final NativeIdSource SLURM = new NativeIdSource(
      "${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID-}}",
      "${SLURM_ARRAY_TASK_ID-}",
      "$((${SLURM_RESTART_COUNT:-0} + 1))");

  /** OpenPBS, where an element is {@code 12[3].server} of {@code 12[].server}; and Torque. */
  public static final NativeIdSource PBS =
      new NativeIdSource("${PBS_JOBID/\\[*\\]/[]}", "${PBS_ARRAY_INDEX:-${PBS_ARRAYID-}}", "");

  /** The shell backend's agent. */
  public static final NativeIdSource SHELL =
      new NativeIdSource("${HPC_NATIVE_ID-}", "${HPC_ARRAY_INDEX-}", "${HPC_ATTEMPT-}");
}
