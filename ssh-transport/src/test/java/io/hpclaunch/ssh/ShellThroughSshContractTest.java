// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.testkit.BackendContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host without a scheduler behind SSH keeps what every backend must. */
class ShellThroughSshContractTest extends BackendContract {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @Override
  public String type() {
    return "shell";
  }

  /** One queue for all clients of a test, also for one with a state folder of its own. */
  @Override
  public Map<String, ?> entry() {
    return Map.of(
        "config",
        Map.of("root", hpc().folder().resolve("shell").toString()),
        "transport",
        HOST.transport());
  }

  @Override
  public Transport transport() {
    return HOST.open();
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(2);
  }
}
