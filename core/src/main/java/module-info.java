// SPDX-License-Identifier: Apache-2.0
/** What stands between users and plugins: configuration, discovery, transports, the runtime. */
@SuppressWarnings("requires-automatic") // tomlj's name is in its manifest, and stays
module io.hpclaunch.core {
  requires transitive io.hpclaunch.api;
  requires com.google.common;
  requires com.google.gson;
  requires org.snakeyaml.engine;
  requires org.tomlj;

  exports io.hpclaunch.core.broker;
  exports io.hpclaunch.core.config;
  exports io.hpclaunch.core.container;
  exports io.hpclaunch.core.job;
  exports io.hpclaunch.core.launch;
  exports io.hpclaunch.core.plugin;
  exports io.hpclaunch.core.report;
  exports io.hpclaunch.core.scheduler;
  exports io.hpclaunch.core.script;
  exports io.hpclaunch.core.shell;
  exports io.hpclaunch.core.store;
  exports io.hpclaunch.core.transfer;
  exports io.hpclaunch.core.transport;

  uses io.hpclaunch.api.HPCBackend;
  uses io.hpclaunch.api.HPCLauncher;
  uses io.hpclaunch.api.transport.TransportProvider;
  uses io.hpclaunch.core.broker.BrokerProvider;
  uses io.hpclaunch.core.store.StoreProvider;

  provides io.hpclaunch.api.spi.RuntimeProvider with
      io.hpclaunch.core.runtime.CoreRuntimeProvider;
}
