// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.time.Instant;

/**
 * A file, folder or link of a host.
 *
 * @param path the absolute path
 * @param kind what it is
 * @param size bytes
 * @param modified when its content was changed last
 * @param mode the permissions, such as {@code 0644}
 * @since 0.1
 */
public record FileStat(String path, Kind kind, long size, Instant modified, int mode) {
  /** What stands at a path. */
  public enum Kind {
    /** A regular file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A symbolic link. */
    LINK,
    /** A device, pipe or socket. */
    OTHER
  }
}
