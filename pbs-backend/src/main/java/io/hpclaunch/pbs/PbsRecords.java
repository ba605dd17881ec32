// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.ArrayList;
import java.util.List;

/** Queues and servers, whichever format they come in. */
final class PbsRecords {
  private PbsRecords() {}

  /**
   * Reads an answer; what cannot be read is passed over.
   *
   * @param text JSON where it holds the section, else text
   * @param section the key in the JSON
   * @param heading what stands before a name in the text
   */
  static List<PbsRecord> read(String text, String section, String heading) {
    if (!text.stripLeading().startsWith("{")) {
      return PbsText.read(text, heading).records();
    }
    List<PbsRecord> found = new ArrayList<>();
    for (PbsJson.Member member :
        PbsJson.cut(text, section, name -> !name.isBlank()).members()) {
      PbsRecord one = member.read();
      if (one != null) {
        found.add(one);
      }
    }
    return List.copyOf(found);
  }
}
