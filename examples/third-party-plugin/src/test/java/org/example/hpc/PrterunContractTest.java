// SPDX-License-Identifier: Apache-2.0
package org.example.hpc;

import io.hpclaunch.testkit.LauncherContract;

class PrterunContractTest extends LauncherContract {
  @Override
  protected String name() {
    return "prterun";
  }
}
