// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The PBS that tests run on: this machine's own, where qsub is on PATH or {@code PBS_EXEC} says
 * where it is, else the small one of {@code src/test/fakepbs}. {@code scripts/pbs-up} starts a real
 * one.
 */
final class PbsSite implements BeforeAllCallback, AfterAllCallback {
  private final FakePbs fake = FakePbs.openPbs();
  private final @Nullable Path installed = installed();

  private static @Nullable Path installed() {
    String exec = System.getenv("PBS_EXEC");
    if (exec != null && Files.isExecutable(Path.of(exec, "bin", "qsub"))) {
      return Path.of(exec, "bin");
    }
    for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
      if (folder.startsWith("/") && Files.isExecutable(Path.of(folder, "qsub"))) {
        return Path.of(folder);
      }
    }
    return null;
  }

  boolean isReal() {
    return installed != null;
  }

  /** The fake one, for faults that can't be staged on a real one. */
  FakePbs fake() {
    return fake;
  }

  Map<String, ?> config() {
    Map<String, Object> config = new HashMap<>();
    config.put("bin", (installed == null ? fake.bin() : installed).toString());
    return config;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    if (installed == null) {
      fake.beforeAll(context);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (installed == null) {
      fake.afterAll(context);
    }
  }
}
