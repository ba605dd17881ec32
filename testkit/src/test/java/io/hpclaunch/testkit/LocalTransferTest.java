// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;

class LocalTransferTest extends TransferContract {
  @Override
  protected Transport open() {
    return new LocalTransport();
  }
}
