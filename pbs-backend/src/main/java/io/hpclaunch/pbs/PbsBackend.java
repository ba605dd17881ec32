// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.SubmitRequest;
import java.util.Collection;
import java.util.Map;

/**
 * Jobs on clusters that PBS schedules.
 *
 * @since 0.1
 */
public final class PbsBackend implements HPCBackend {
  /** Made by the service loader. */
  public PbsBackend() {}

  @Override
  public String name() {
    return "pbs";
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel(Collection<NativeId> ids) {
    throw new UnsupportedOperationException();
  }
}
