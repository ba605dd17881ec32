// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What decides which cluster is meant.
 *
 * @param kubeconfig the only kubeconfig to read, or null for the places where kubectl looks; a path
 *     from the working directory, or from the home folder with {@code ~/}
 * @param context the context to use, or null for the kubeconfig's current one
 * @param environment the variables that count: {@code KUBECONFIG}, {@code HOME},
 *     {@code KUBERNETES_SERVICE_HOST}, {@code HTTPS_PROXY} …
 */
public record AccessSettings(
    @Nullable String kubeconfig, @Nullable String context, Map<String, String> environment) {

  public AccessSettings {
    environment = Map.copyOf(environment);
  }

  /** A variable's value; null where it is unset or empty. */
  @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Never the environment, which holds secrets. */
  @Override
  public String toString() {
    return "AccessSettings[kubeconfig=" + kubeconfig + ", context=" + context + "]";
  }
}
