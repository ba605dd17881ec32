// SPDX-License-Identifier: Apache-2.0
/** The backend {@code pbs}: clusters that OpenPBS, PBS Professional or Torque schedule. */
module io.hpclaunch.pbs {
  requires transitive io.hpclaunch.api;
  requires transitive io.hpclaunch.core;
  requires com.google.gson;
  requires java.xml;
  requires org.slf4j;

  exports io.hpclaunch.pbs;

  provides io.hpclaunch.api.HPCBackend with
      io.hpclaunch.pbs.PbsBackend;
}
