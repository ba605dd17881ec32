// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.testkit.BackendContract;

class ShellBackendContractTest extends BackendContract {
  @Override
  public String type() {
    return "shell";
  }
}
