// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

/** Tells which links lead out of their tree. */
final class SafeLink {
  private SafeLink() {}

  /**
   * Whether a link stays within the tree wherever the tree stands: it is relative, climbs first,
   * not above the top, and then only descends. A step up behind a step down could leave by another
   * link.
   *
   * @param path the link's path in the tree
   * @param text where it leads
   */
  static boolean staysWithin(String path, String text) {
    if (text.isEmpty() || text.startsWith("/")) {
      return false;
    }
    long climbs = 0;
    boolean descends = false;
    for (String step : text.split("/", -1)) {
      if (step.equals("..")) {
        climbs++;
        if (descends) {
          return false;
        }
      } else {
        descends |= !step.isEmpty() && !step.equals(".");
      }
    }
    return climbs <= path.chars().filter(c -> c == '/').count();
  }
}
