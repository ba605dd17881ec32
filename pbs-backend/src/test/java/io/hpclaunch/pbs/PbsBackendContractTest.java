// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.testkit.BackendContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class PbsBackendContractTest extends BackendContract {
  @RegisterExtension
  static final PbsSite SITE = new PbsSite();

  @Override
  public String type() {
    return "pbs";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("config", SITE.config());
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
}
