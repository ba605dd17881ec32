// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/** Holds the runtime behind {@link Backends} and {@link Launchers}. */
final class SharedRuntime {
  static final SharedRuntime INSTANCE = new SharedRuntime();

  private @Nullable HpcRuntime runtime;

  private SharedRuntime() {}

  /** The runtime; a failure to make it is told each time and not remembered. */
  synchronized HpcRuntime get() {
    HpcRuntime r = runtime;
    if (r == null) {
      r = HpcRuntime.builder().build();
      Runtime.getRuntime().addShutdownHook(new Thread(r::close, "hpc-launch-close"));
      runtime = r;
    }
    return r;
  }
}
