// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Needs a real Kubernetes: {@code HPC_TEST_K8S} names the folder with its kubeconfigs. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnKubernetes.Site.class)
@interface OnKubernetes {
  /** The cluster of {@code scripts/k8s-up}. */
  final class Site implements ExecutionCondition {
    private static final String FOLDER = System.getenv("HPC_TEST_K8S");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return FOLDER == null
          ? ConditionEvaluationResult.disabled("k8s (HPC_TEST_K8S is not set)")
          : ConditionEvaluationResult.enabled("a Kubernetes is there");
    }

    static String folder() {
      return Objects.requireNonNull(FOLDER);
    }

    static String kubeconfig(String user) {
      return folder() + "/" + user + ".kubeconfig";
    }

    /** What an entry's {@code config} says of the cluster, and besides. */
    static Map<String, Object> config(String user, Map<String, ?> more) {
      Map<String, Object> config = new HashMap<>();
      config.put("kubeconfig", kubeconfig(user));
      config.put("image", "localhost/bash:lab");
      config.put("image_pull_policy", "IfNotPresent");
      config.put("grace", 1);
      config.putAll(more);
      return config;
    }

    static Map<String, ?> entry(Map<String, ?> more) {
      return Map.of("config", config("admin", more));
    }

    /** For clusters that are not there: what needs one is skipped, but its fields are made. */
    static Map<String, ?> entry() {
      return FOLDER == null ? Map.of() : entry(Map.of());
    }
  }
}
