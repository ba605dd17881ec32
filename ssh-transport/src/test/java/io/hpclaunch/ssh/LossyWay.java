// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A way to the host that a test can lose, and that can be gone again at once. What was asked for
 * there goes on.
 */
final class LossyWay implements AfterEachCallback {
  /** How it is lost. */
  enum Loss {
    /** The network has closed it: both sides are told. */
    CUT,
    /** The host has stopped to answer: nobody is told. */
    STALLED
  }

  private final SshdHost host;
  private final CutProxy proxy;
  private final Path known;

  LossyWay(SshdHost host) {
    this.host = host;
    try {
      proxy = new CutProxy(host.port());
      known = Files.createTempFile("known", "hosts");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An entry's {@code transport}. A host that is silent is given up after three seconds. */
  Map<String, Object> transport() {
    Map<String, Object> values = host.transport();
    values.putAll(Map.of(
        "port", proxy.port(), "known_hosts", known.toString(), "accept_new", true, "keepalive", 1));
    return values;
  }

  void lose(Loss how) {
    switch (how) {
      case CUT -> proxy.cut();
      case STALLED -> host.stallAll();
    }
  }

  /**
   * Cuts it when so many bytes have come from the host; there is a way again right after.
   *
   * @return done when it has been cut and mended, or {@linkplain #heal mended} uncut
   */
  CompletableFuture<Void> cutAfter(long bytes) {
    proxy.cutAfter(bytes);
    return CompletableFuture.runAsync(() -> {
      proxy.awaitCut();
      proxy.heal();
    });
  }

  /** Cuts it no more. */
  void heal() {
    proxy.heal();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    proxy.close();
    host.cutAll();
    Files.delete(known);
  }
}
