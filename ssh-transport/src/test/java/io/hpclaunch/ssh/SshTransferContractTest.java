// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.testkit.TransferContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SshTransferContractTest extends TransferContract {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @Override
  protected Transport open() {
    return HOST.open();
  }
}
