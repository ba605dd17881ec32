// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The proxy on the way to a server: the kubeconfig's {@code proxy-url}, or that of
 * {@code HTTPS_PROXY} (for plain HTTP {@code HTTP_PROXY}) where {@code NO_PROXY} does not exempt
 * the server. A variable in small letters counts where the other is unset.
 */
final class ProxyChoice {
  private static final int HTTP_PORT = 80;

  private ProxyChoice() {}

  static @Nullable URI of(Section cluster, URI server, AccessSettings settings) {
    String text = cluster.text("proxy-url");
    return text == null ? of(server, settings) : proxy(cluster.where("proxy-url"), text);
  }

  static @Nullable URI of(URI server, AccessSettings settings) {
    String name = server.getScheme().equalsIgnoreCase("http") ? "HTTP_PROXY" : "HTTPS_PROXY";
    String text = variable(settings, name);
    if (text == null || NoProxy.of(variable(settings, "NO_PROXY")).covers(server)) {
      return null;
    }
    return proxy(name, text.contains("://") ? text : "http://" + text);
  }

  private static @Nullable String variable(AccessSettings settings, String name) {
    String value = settings.variable(name);
    return value == null ? settings.variable(name.toLowerCase(Locale.ROOT)) : value;
  }

  /** No error quotes the address: it may hold a password. */
  private static URI proxy(String source, String text) {
    String scheme = text.substring(0, Math.max(0, text.indexOf("://"))).toLowerCase(Locale.ROOT);
    if (scheme.isEmpty()) {
      throw new InvalidConfiguration(source + " is not http://HOST:PORT");
    }
    try {
      URI uri = new URI(text).parseServerAuthority();
      if (!scheme.equals("http")) {
        throw new InvalidConfiguration(
            source + ": a proxy by " + scheme + " is not supported, only http://HOST:PORT");
      }
      if (uri.getRawUserInfo() != null) {
        throw new InvalidConfiguration(
            source + ": a proxy that wants a password is not supported, only http://HOST:PORT");
      }
      if (uri.getHost() != null) {
        int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
        return new URI(scheme, null, uri.getHost(), port, null, null, null);
      }
    } catch (URISyntaxException e) {
      throw new InvalidConfiguration(source + " is not http://HOST:PORT");
    }
    throw new InvalidConfiguration(source + " is not http://HOST:PORT");
  }
}
