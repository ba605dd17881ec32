// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

/** The two families of PBS, which differ in options, formats and numbers. */
enum Dialect {
  /** OpenPBS and PBS Professional: {@code select=}, {@code -J}, JSON. */
  OPENPBS,
  /** Torque: {@code nodes=N:ppn=M}, {@code -t}, XML. */
  TORQUE
}
