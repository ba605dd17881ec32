// SPDX-License-Identifier: Apache-2.0
/** The backend {@code shell}: the machine at hand. */
module io.hpclaunch.shell {
  requires transitive io.hpclaunch.api;
  requires transitive io.hpclaunch.core;

  exports io.hpclaunch.shell;

  provides io.hpclaunch.api.HPCBackend with
      io.hpclaunch.shell.ShellBackend;
}
