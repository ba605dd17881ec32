// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.testkit.BackendContract;
import io.hpclaunch.testkit.FakeApptainer;
import java.util.Map;
import java.util.Optional;

class ShellBackendContractTest extends BackendContract {
  private static final FakeApptainer APPTAINER = FakeApptainer.install();

  @Override
  public String type() {
    return "shell";
  }

  /** One queue for all clients of a test, also for one with a state folder of its own. */
  @Override
  public Map<String, ?> entry() {
    return Map.of(
        "config",
        Map.of(
            "root", hpc().folder().resolve("shell").toString(), "container", APPTAINER.config()));
  }

  @Override
  public Optional<ContainerSpec> container() {
    return Optional.of(FakeApptainer.container());
  }
}
