// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.core.shell.RawBytes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code qstat -x} of Torque, with or without {@code -t}; Torque 6. */
final class QstatXml {
  private static final Pattern ID = Pattern.compile("<Job_Id>\\s*([^<\\s]+)\\s*</Job_Id>");

  private QstatXml() {}

  /** Reads what qstat wrote, which is nothing at all where there are no jobs. */
  static Listing parse(byte[] answer) {
    String text = RawBytes.decode(answer);
    Listing.Builder listing = new Listing.Builder();
    PbsXml.Answer xml = PbsXml.cut(text, "Job");
    for (String element : xml.elements()) {
      PbsRecord found = PbsXml.read(element, "Job_Id");
      if (found == null) {
        reject(element, listing);
      } else {
        listing.add(found);
      }
    }
    if (!xml.complete() && !text.isBlank()) {
      listing.reject();
      listing.cut();
    }
    return listing.build();
  }

  private static void reject(String element, Listing.Builder listing) {
    Matcher told = ID.matcher(element);
    PbsId id = told.find() ? PbsId.parse(told.group(1)) : null;
    if (id == null) {
      listing.reject();
    } else {
      listing.damaged(id);
    }
  }
}
