// SPDX-License-Identifier: Apache-2.0
package org.example.hpc;

import io.hpclaunch.api.HPCLauncher;

/** The PMIx Reference RunTime's launcher, which starts ranks with no MPI installed. */
public final class Prterun implements HPCLauncher {
  @Override public String name() { return "prterun"; }
  @Override public String executable() { return "prterun"; }
}
