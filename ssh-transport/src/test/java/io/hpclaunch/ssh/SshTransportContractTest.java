// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.testkit.TransportContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SshTransportContractTest extends TransportContract {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @Override
  protected Transport open() {
    return HOST.open();
  }
}
