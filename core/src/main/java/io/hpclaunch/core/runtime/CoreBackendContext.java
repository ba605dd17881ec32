// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.transport.Transport;
import java.nio.file.Path;
import java.time.Clock;

/** What a plugin gets to work with. */
record CoreBackendContext(
    String name,
    Settings config,
    Settings submit,
    Transport transport,
    String workspace,
    Path stateDirectory,
    Clock clock)
    implements BackendContext {}
