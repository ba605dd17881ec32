// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

/** Where a job is, as a client sees it; of several that hold at once the last one counts. */
enum Sight {
  /** Here: its files and its scheduler can be asked. */
  HERE,
  /** Which place this is cannot be seen now. */
  UNREACHABLE,
  /** In another place. */
  ELSEWHERE
}
