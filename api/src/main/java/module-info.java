// SPDX-License-Identifier: Apache-2.0
/** The interfaces of hpc-launch: what users call and what plugins implement. */
module io.hpclaunch.api {
  requires transitive org.jspecify;
  requires transitive org.slf4j; // what plugins log with

  exports io.hpclaunch.api;
  exports io.hpclaunch.api.launch;
  exports io.hpclaunch.api.transport;
  exports io.hpclaunch.api.spi;

  uses io.hpclaunch.api.spi.RuntimeProvider;
}
