// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

/** A backend that keeps the contract passes all of it. */
class FakeSchedulerContractTest extends BackendContract {
  @Override
  public String type() {
    return "fake";
  }

  @Override
  public boolean usesTransport() {
    return false;
  }
}
