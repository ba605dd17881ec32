// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import io.hpclaunch.testkit.LauncherContract;
import java.util.List;

class MpiLauncherContractTest extends LauncherContract {
  @Override
  protected String name() {
    return "mpi";
  }

  @Override
  protected List<String> aliases() {
    return List.of("mpiexec", "mpirun");
  }
}
