// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.cli.Session;
import io.hpclaunch.core.store.FileStateStore;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.StoreHealth;
import java.util.ArrayList;
import java.util.List;

/** Looks at the store of jobs, where that is another one than the state folder. */
final class StoreChecks {
  private static final String SUBJECT = "job store";

  private final Session session;

  StoreChecks(Session session) {
    this.session = session;
  }

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    try (StateStore store = session.openStore()) {
      if (!(store instanceof FileStateStore)) { // told as the state folder
        StoreHealth health = store.health();
        checks.add(Check.ok(SUBJECT, health.found()));
        for (StoreHealth.Danger danger : health.dangers()) {
          checks.add(Check.warning(SUBJECT, danger.what(), danger.remedy()));
        }
      }
    } catch (HpcException e) {
      checks.add(Check.problem(SUBJECT, String.valueOf(e.getMessage()), null));
    }
    return checks;
  }
}
