// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.spi.RuntimeProvider;

/** The service by which the API finds core. */
public final class CoreRuntimeProvider implements RuntimeProvider {
  /** Made by {@link java.util.ServiceLoader}. */
  public CoreRuntimeProvider() {}

  @Override
  public HpcRuntime.Builder builder() {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      throw new Unsupported("hpc-launch runs on Linux and macOS, not on Windows: use WSL");
    }
    return new CoreRuntimeBuilder();
  }
}
