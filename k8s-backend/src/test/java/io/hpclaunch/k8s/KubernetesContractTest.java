// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.testkit.BackendContract;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What every backend promises, on a real Kubernetes. */
@OnKubernetes
class KubernetesContractTest extends BackendContract {
  @Override
  public String type() {
    return "k8s";
  }

  @Override
  public Map<String, ?> entry() {
    return OnKubernetes.Site.entry();
  }

  @Override
  public boolean jobsRunHere() {
    return false;
  }

  @Override
  public boolean hasSeparateStreams() {
    return false;
  }

  /** 1.20 has none; the others are tested on a stub with 1.36's answers. */
  @Override
  public boolean hasArrays() {
    return false;
  }

  @Override
  public Optional<ContainerSpec> container() {
    return Optional.of(ContainerSpec.image("localhost/bash:lab").build());
  }

  @Override
  public boolean usesTransport() {
    return false;
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(2);
  }

  @Override
  public Duration shortestWalltime() {
    return Duration.ofSeconds(3);
  }

  @Override
  public String unknownNativeId() {
    return "nobody-h3k9x2m7qv5w8t4n6b1c0d5f2g";
  }
}
