// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.core.shell.RawBytes;

/** {@code qstat -f -F json}, with or without {@code -x} and {@code -t}; OpenPBS 23.06. */
final class QstatJson {
  private QstatJson() {}

  /** Reads what qstat wrote; a job that cannot be read rejects itself and no other. */
  static Listing parse(byte[] answer) {
    Listing.Builder listing = new Listing.Builder();
    PbsJson.Answer json =
        PbsJson.cut(RawBytes.decode(answer), "Jobs", name -> PbsId.parse(name) != null);
    for (PbsJson.Member member : json.members()) {
      PbsRecord found = member.read();
      PbsId id = PbsId.parse(member.name());
      if (found == null && id != null) {
        listing.damaged(id);
      } else if (found != null) {
        listing.add(found);
        if (!member.whole()) {
          listing.reject();
        }
      }
    }
    if (!json.complete()) {
      listing.reject();
      listing.cut();
    }
    return listing.build();
  }
}
