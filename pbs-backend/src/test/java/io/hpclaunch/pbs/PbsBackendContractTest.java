// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.testkit.BackendContract;
import io.hpclaunch.testkit.FakeApptainer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;

class PbsBackendContractTest extends BackendContract {
  @RegisterExtension
  static final PbsSite SITE = new PbsSite();

  private static final FakeApptainer APPTAINER = FakeApptainer.install();

  @Override
  public String type() {
    return "pbs";
  }

  @Override
  public Map<String, ?> entry() {
    Map<String, Object> config = new HashMap<>(SITE.config());
    config.put("container", APPTAINER.config());
    return Map.of("config", config);
  }

  @Override
  public String unknownNativeId() {
    return "999999.nowhere";
  }

  /** PBS looks at its jobs every few seconds. */
  @Override
  public Duration patience() {
    return Duration.ofMinutes(2);
  }

  @Override
  public Optional<ContainerSpec> container() {
    return Optional.of(FakeApptainer.container());
  }
}
