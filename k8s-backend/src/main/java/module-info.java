// SPDX-License-Identifier: Apache-2.0
/** The backend {@code k8s}: jobs on Kubernetes. */
module io.hpclaunch.k8s {
  requires transitive io.hpclaunch.api;
  requires transitive io.hpclaunch.core;
  requires com.google.gson;
  requires java.net.http;
  requires org.slf4j;
  requires org.snakeyaml.engine;

  exports io.hpclaunch.k8s;

  provides io.hpclaunch.api.HPCBackend with
      io.hpclaunch.k8s.K8sBackend;
}
