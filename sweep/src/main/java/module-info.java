// SPDX-License-Identifier: Apache-2.0
/** Parameter sweeps on every backend. */
module io.hpclaunch.sweep {
  requires transitive io.hpclaunch.api;
  requires io.hpclaunch.core;
  requires com.google.gson;
  requires org.snakeyaml.engine;

  exports io.hpclaunch.sweep;
}
