// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.testkit.BackendContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class TorqueContractTest extends BackendContract {
  @RegisterExtension
  static final FakePbs PBS = FakePbs.torque();

  @Override
  public String type() {
    return "pbs";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("config", Map.of("bin", PBS.bin().toString()));
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
}
