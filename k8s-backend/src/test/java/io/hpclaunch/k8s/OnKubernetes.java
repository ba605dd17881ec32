// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
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

    static String kubeconfig(String user) {
      return FOLDER + "/" + user + ".kubeconfig";
    }

    static Map<String, Object> config(String user) {
      return Map.of(
          "kubeconfig",
          kubeconfig(user),
          "image",
          "localhost/bash:lab",
          "image_pull_policy",
          "IfNotPresent",
          "grace",
          1);
    }

    static Map<String, ?> entry() {
      return Map.of("config", config("admin"));
    }
  }
}
