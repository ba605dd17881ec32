// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/** The first byte of each message. */
final class Versions {
  private Versions() {}

  /** Starts to read a message behind its version. */
  static WireReader begin(byte[] bytes, int version, String what) {
    WireReader in = new WireReader(bytes);
    int found = in.octet();
    if (found != version) {
      throw new WireException(
          "a message of %s has version %d, and this side speaks version %d: client and workers must be of one version"
              .formatted(what, found, version));
    }
    return in;
  }
}
