// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cluster that a user means, where kubectl looks too: the kubeconfig that is named, those
 * of {@code KUBECONFIG}, {@code ~/.kube/config}, the service account of the pod that this runs in.
 */
public final class Clusters {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final AccessSettings settings;
  private final Path serviceAccount;
  private final InstantSource clock;

  private Clusters(AccessSettings settings, Path serviceAccount, InstantSource clock) {
    this.settings = settings;
    this.serviceAccount = serviceAccount;
    this.clock = clock;
  }

  /**
   * Reads the configuration. Nothing is asked yet, neither the server nor a credential plugin.
   *
   * @param settings what decides
   * @return the cluster
   * @throws InvalidConfiguration when none is configured, or one that cannot be used as written
   */
  public static Cluster open(AccessSettings settings) {
    return open(settings, SERVICE_ACCOUNT, InstantSource.system());
  }

  static Cluster open(AccessSettings settings, Path serviceAccount, InstantSource clock) {
    return new Clusters(settings, serviceAccount, clock).open();
  }

  private Cluster open() {
    Path named = named();
    if (named != null) {
      return of(Kubeconfig.read(List.of(named)));
    }
    List<String> looked = new ArrayList<>();
    List<Path> files = listed(looked);
    if (files.isEmpty()) {
      files = home(looked);
    }
    if (!files.isEmpty()) {
      Kubeconfig kubeconfig = Kubeconfig.read(files);
      if (!kubeconfig.isEmpty()) {
        return of(kubeconfig);
      }
      looked.add(files.size() == 1 ? files.get(0) + " is empty" : files + " are empty");
    }
    if (settings.context() != null) {
      throw new InvalidConfiguration("context '%s' needs a kubeconfig, and there is none: %s"
          .formatted(settings.context(), String.join("; ", looked)));
    }
    InCluster pod = new InCluster(settings, serviceAccount);
    String missing = pod.missing();
    if (missing == null) {
      return pod.cluster();
    }
    looked.add("this is not a pod (" + missing + ")");
    throw new InvalidConfiguration("no Kubernetes cluster is configured: "
        + String.join("; ", looked)
        + "; name a kubeconfig, or set KUBECONFIG");
  }

  private @Nullable Path named() {
    String text = settings.kubeconfig();
    return text == null || text.isBlank() ? null : path(text);
  }

  /** The files of KUBECONFIG that are there; none when it is unset. */
  private List<Path> listed(List<String> looked) {
    String list = settings.variable("KUBECONFIG");
    Set<Path> named = new LinkedHashSet<>();
    for (String each : list == null ? new String[0] : list.split(File.pathSeparator, -1)) {
      if (!each.isBlank()) {
        named.add(path(each));
      }
    }
    if (named.isEmpty()) {
      looked.add("KUBECONFIG is not set");
      return List.of();
    }
    List<Path> there = named.stream().filter(Files::exists).toList();
    if (there.isEmpty()) {
      throw new InvalidConfiguration("KUBECONFIG=" + list
          + ": no such file; correct the variable, or unset it for ~/.kube/config");
    }
    return there;
  }

  private List<Path> home(List<String> looked) {
    String home = settings.variable("HOME");
    if (home == null) {
      looked.add("HOME is not set");
      return List.of();
    }
    Path file = path(home).resolve(".kube/config");
    if (!Files.exists(file)) {
      looked.add("there is no " + file);
      return List.of();
    }
    return List.of(file);
  }

  private Path path(String text) {
    String home = settings.variable("HOME");
    try {
      Path path =
          home != null && text.startsWith("~/") ? Path.of(home, text.substring(2)) : Path.of(text);
      return path.toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new InvalidConfiguration("kubeconfig '" + text + "' is not a path", e);
    }
  }

  private Cluster of(Kubeconfig kubeconfig) {
    Section context = kubeconfig.context(settings.context());
    Server server = Server.of(kubeconfig.cluster(context), settings);
    User user = User.of(kubeconfig.user(context), server, clock);
    return new Cluster(
        server.address(),
        server.plain() ? null : Tls.context(server, user.identity()),
        user.credentials(),
        context.text("namespace"),
        server.proxy(),
        context.name().replace("'", "") + " of " + context.file());
  }
}
