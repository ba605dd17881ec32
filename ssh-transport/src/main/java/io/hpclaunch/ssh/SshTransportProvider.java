// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.api.transport.TransportProvider;
import java.util.List;

/** The transport {@code ssh}. What an entry does not say is taken from {@code ~/.ssh/config}. */
public final class SshTransportProvider implements TransportProvider {
  private final Surroundings surroundings;

  /** Makes the provider. */
  public SshTransportProvider() {
    this(Surroundings.ofThisProcess());
  }

  SshTransportProvider(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public List<ConfigKey> configKeys() {
    return SshSettings.KEYS;
  }

  @Override
  public Transport open(Settings settings) {
    Target target = new TargetResolver(surroundings).resolve(SshSettings.of(settings));
    return new SshTransport(new Connection(target, new Dialer(surroundings)));
  }
}
