// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

/** Whose words qsub and qstat understand. */
enum Dialect {
  /** OpenPBS and PBS Professional: chunks, {@code -J}, JSON, a history. */
  OPENPBS,
  /** Torque: {@code nodes=N:ppn=M}, {@code -t}, XML, the state C. */
  TORQUE
}
