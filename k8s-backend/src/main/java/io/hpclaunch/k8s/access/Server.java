// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import com.google.gson.JsonElement;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a cluster's API server.
 *
 * @param address its address, without a slash at the end
 * @param authority the certificates that it is verified with, or null for those that Java trusts
 * @param tlsServerName the name that it is asked and verified by instead of the address's, or null
 * @param unverified whether it is believed without a look at its certificate
 * @param proxy an HTTP proxy on the way, or null
 * @param execConfig what the kubeconfig holds for credential plugins, or null
 */
record Server(
    URI address,
    @Nullable Pem authority,
    @Nullable String tlsServerName,
    boolean unverified,
    @Nullable URI proxy,
    @Nullable JsonElement execConfig) {
  private static final String AUTHORITY = "certificate-authority";
  private static final String UNVERIFIED = "insecure-skip-tls-verify";

  /** The extension of a cluster that is meant for credential plugins. */
  private static final String EXEC = "client.authentication.k8s.io/exec";

  static Server of(Section cluster, AccessSettings settings) {
    URI address = address(cluster);
    String authority = cluster.content(AUTHORITY);
    boolean unverified = cluster.flag(UNVERIFIED);
    if (unverified && authority != null) {
      throw cluster.error(
          UNVERIFIED, "is true, and " + AUTHORITY + " is given too: keep one of them");
    }
    return new Server(
        address,
        authority == null ? null : new Pem(authority, cluster.source(AUTHORITY)),
        serverName(cluster),
        unverified,
        ProxyChoice.of(cluster, address, settings),
        execConfig(cluster));
  }

  private static URI address(Section cluster) {
    String text = cluster.needed("server").replaceAll("(?<=[^/:])/+$", "");
    if (!text.contains("://")) {
      throw cluster.error("server", "'" + text + "' has no scheme: write https://" + text);
    }
    try {
      URI address = new URI(text).parseServerAuthority();
      String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("https") && !scheme.equals("http")) {
        throw cluster.error("server", "'" + text + "' must begin with https:// or http://");
      }
      boolean more = address.getRawUserInfo() != null
          || address.getRawQuery() != null
          || address.getRawFragment() != null;
      if (address.getHost() == null || more) {
        throw cluster.error("server", "must be https://HOST:PORT, with a path at most");
      }
      return address;
    } catch (URISyntaxException e) {
      throw cluster.error("server", "must be https://HOST:PORT, with a path at most");
    }
  }

  private static @Nullable String serverName(Section cluster) {
    String name = cluster.text("tls-server-name");
    if (name != null && !name.matches("[A-Za-z0-9._:-]+")) {
      throw cluster.error("tls-server-name", "'" + name + "' is not a host's name");
    }
    return name;
  }

  private static @Nullable JsonElement execConfig(Section cluster) {
    for (Section extension : cluster.sections("extensions")) {
      if (EXEC.equals(extension.text("name"))) {
        return extension.fields().get("extension");
      }
    }
    return null;
  }

  /** Whether it speaks HTTP without TLS. */
  boolean plain() {
    return address.getScheme().equalsIgnoreCase("http");
  }
}
