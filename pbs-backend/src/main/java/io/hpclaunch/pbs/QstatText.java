// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.core.shell.RawBytes;
import java.util.List;

/**
 * {@code qstat -f}, folded or not ({@code -w} of OpenPBS, {@code -1} of Torque), and {@code -F
 * dsv}, for servers whose qstat has no JSON.
 */
final class QstatText {
  private QstatText() {}

  /** Reads what qstat wrote; of a last job that is cut off nothing is believed. */
  static Listing parse(byte[] answer) {
    PbsText.Answer text = PbsText.read(RawBytes.decode(answer), "Job Id: ");
    Listing.Builder listing = new Listing.Builder();
    List<PbsRecord> records = text.records();
    for (int i = 0; i < records.size(); i++) {
      PbsRecord found = records.get(i);
      PbsId id = PbsId.parse(found.name());
      boolean cut = i == records.size() - 1 && !text.complete();
      if (cut && id != null) {
        listing.damaged(id);
      } else if (cut) {
        listing.reject();
      } else {
        listing.add(found);
      }
    }
    for (int i = 0; i < text.strange(); i++) {
      listing.reject();
    }
    if (records.isEmpty() ? text.strange() > 0 : !text.complete()) {
      listing.cut();
    }
    return listing.build();
  }
}
