// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host, and all that is needed to log in to it.
 *
 * @param alias how the user calls it
 * @param hostName what is looked up, or an address
 * @param keyAlias its name in known_hosts in place of its own, or null
 * @param identities private keys, in the order in which they are tried
 * @param namedIdentities whether the user has named these keys; else they are OpenSSH's defaults
 * @param identitiesOnly whether keys that only the agent has are left alone
 * @param agent the agent's socket, or null for none
 * @param knownHosts files, of which the first is written to
 * @param connectTimeout for everything from the first packet to the login
 * @param keepalive zero for none
 * @param keepaliveMost how often it may go unanswered
 * @param acceptNew whether a host that is not known is believed
 * @param jumps hosts to go through, the first of them first; they have none themselves
 */
record Target(
    String alias,
    String hostName,
    int port,
    String user,
    @Nullable String keyAlias,
    List<Path> identities,
    boolean namedIdentities,
    boolean identitiesOnly,
    @Nullable Path agent,
    List<Path> knownHosts,
    Duration connectTimeout,
    Duration keepalive,
    int keepaliveMost,
    boolean acceptNew,
    List<Target> jumps) {
  static final int DEFAULT_PORT = 22;

  Target {
    identities = List.copyOf(identities);
    knownHosts = List.copyOf(knownHosts);
    jumps = List.copyOf(jumps);
  }

  /** For messages: {@code me@login}. */
  String name() {
    return user + "@" + alias;
  }

  /** For messages: {@code login.cluster.edu:22}. */
  String address() {
    return (hostName.indexOf(':') >= 0 ? "[" + hostName + "]" : hostName) + ":" + port;
  }

  /** What known_hosts has it under: {@code host}, or {@code [host]:port}. */
  String knownName() {
    if (keyAlias != null) {
      return keyAlias;
    }
    return port == DEFAULT_PORT ? hostName : "[" + hostName + "]:" + port;
  }
}
