// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

/** A standard stream that a backend may leave to the script. */
public enum Stream {
  /** Standard input. */
  STDIN,
  /** Standard output. */
  STDOUT,
  /** Standard error. */
  STDERR
}
