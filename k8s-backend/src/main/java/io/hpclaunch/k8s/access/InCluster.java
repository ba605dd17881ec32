// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The cluster of the pod that this runs in, by the pod's service account. */
final class InCluster {
  private static final String HOST = "KUBERNETES_SERVICE_HOST";
  private static final String PORT = "KUBERNETES_SERVICE_PORT";

  private final AccessSettings settings;
  private final Path folder;

  InCluster(AccessSettings settings, Path folder) {
    this.settings = settings;
    this.folder = folder;
  }

  /** What a pod has and this place lacks; null in a pod. */
  @Nullable String missing() {
    if (settings.variable(HOST) == null) {
      return HOST + " is not set";
    }
    if (settings.variable(PORT) == null) {
      return PORT + " is not set";
    }
    Path token = folder.resolve("token");
    return Files.exists(token)
        ? null
        : "there is no " + token + "; does automountServiceAccountToken forbid it?";
  }

  Cluster cluster() {
    URI address = address();
    String authority = content("ca.crt");
    Server server = new Server(
        address,
        authority == null ? null : new Pem(authority, folder.resolve("ca.crt").toString()),
        null,
        false,
        ProxyChoice.of(address, settings),
        null);
    String namespace = content("namespace");
    return new Cluster(
        address,
        Tls.context(server, () -> null),
        new FileToken(folder.resolve("token"), null),
        namespace == null || namespace.isBlank() ? null : namespace.strip(),
        server.proxy(),
        "the service account of this pod");
  }

  private URI address() {
    String host = settings.variable(HOST);
    String bracketed = host != null && host.contains(":") ? "[" + host + "]" : host;
    try {
      return URI.create("https://" + bracketed + ":" + settings.variable(PORT))
          .parseServerAuthority();
    } catch (IllegalArgumentException | URISyntaxException e) {
      throw new InvalidConfiguration(
          HOST + " and " + PORT + " are not a host and a port: " + host, e);
    }
  }

  private @Nullable String content(String name) {
    Path file = folder.resolve(name);
    try {
      return Files.exists(file) ? Files.readString(file) : null;
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be read: " + Contents.reason(file, e), e);
    }
  }
}
