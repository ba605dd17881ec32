// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.testkit.BackendContract;
import io.hpclaunch.testkit.FakeApptainer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;

class TorqueContractTest extends BackendContract {
  @RegisterExtension
  static final FakePbs PBS = FakePbs.torque();

  private static final FakeApptainer APPTAINER = FakeApptainer.install();

  @Override
  public String type() {
    return "pbs";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("config", Map.of("bin", PBS.bin().toString(), "container", APPTAINER.config()));
  }

  @Override
  public String unknownNativeId() {
    return "999999.nowhere";
  }

  /** A moment. */
  @Override
  public Duration patience() {
    return Duration.ofMinutes(2);
  }

  @Override
  public Optional<ContainerSpec> container() {
    return Optional.of(FakeApptainer.container());
  }
}
