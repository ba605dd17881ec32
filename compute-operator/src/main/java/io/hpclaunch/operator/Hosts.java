// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;

/** Where runs lie on backends' hosts. */
final class Hosts {
  private Hosts() {}

  /** A run's folder: beside the folder of jobs, in the backend's workspace. */
  static String root(Backend backend, RunFolder run) {
    String jobs = backend.workspace();
    return jobs.substring(0, jobs.lastIndexOf('/')) + "/runs/" + run.key();
  }
}
