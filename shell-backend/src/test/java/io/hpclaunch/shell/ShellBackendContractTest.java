// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.testkit.BackendContract;
import java.util.Map;

class ShellBackendContractTest extends BackendContract {
  @Override
  public String type() {
    return "shell";
  }

  /** One queue for all clients of a test, also for one with a state folder of its own. */
  @Override
  public Map<String, ?> entry() {
    return Map.of("config", Map.of("root", hpc().folder().resolve("shell").toString()));
  }
}
