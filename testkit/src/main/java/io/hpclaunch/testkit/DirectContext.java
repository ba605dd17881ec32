// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import java.nio.file.Path;
import java.time.Clock;

/** What core would hand to a plugin, with a transport of the test's. */
record DirectContext(
    String name,
    Settings config,
    Settings submit,
    Transport transport,
    String workspace,
    Path stateDirectory,
    Clock clock)
    implements BackendContext {
  static DirectContext of(BackendUnderTest test, Transport transport) {
    BackendEntry entry = BackendEntry.of(test.type(), test.hpc().wholeEntry());
    return new DirectContext(
        entry.name(),
        entry.config(),
        entry.submit(),
        transport,
        test.hpc().workspace().resolve("jobs").toString(),
        test.hpc().stateFolder(),
        Clock.systemUTC());
  }
}
