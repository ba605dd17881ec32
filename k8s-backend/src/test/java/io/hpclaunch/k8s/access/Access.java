// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** Opens clusters for tests, of files in a folder of their own, in no pod and with no variables. */
final class Access {
  private Access() {}

  static Path write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cluster of a kubeconfig with these keys of its cluster and user, in YAML's flow style. */
  static Cluster open(Path folder, String cluster, String user) {
    return open(folder, cluster, user, InstantSource.system());
  }

  static Cluster open(Path folder, String cluster, String user, InstantSource clock) {
    Path file = write(folder.resolve("config"), kubeconfig(cluster, user));
    AccessSettings settings = new AccessSettings(file.toString(), null, Map.of());
    return Clusters.open(settings, folder.resolve("no-pod"), clock);
  }

  static String kubeconfig(String cluster, String user) {
    return """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts:
        - {name: lab, context: {cluster: lab, user: alice, namespace: sims}}
        clusters:
        - {name: lab, cluster: {%s}}
        users:
        - {name: alice, user: {%s}}
        """.formatted(cluster, user);
  }
}
