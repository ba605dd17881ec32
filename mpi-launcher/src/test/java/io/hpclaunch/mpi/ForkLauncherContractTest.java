// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import io.hpclaunch.testkit.LauncherContract;

class ForkLauncherContractTest extends LauncherContract {
  @Override
  protected String name() {
    return "fork";
  }
}
