// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A regular file that is to be copied between the client and a host, and what is known of it before
 * it is opened. Exactly so many bytes are copied: what a program appends meanwhile is left for the
 * next time.
 *
 * @param here the path on the client; its folder exists
 * @param there the absolute path on the host; its folder exists
 * @param size the source's size in bytes
 * @param modified when the source's content was changed last; the copy is given this time, to the
 *     second at least
 * @param mode the source's permissions, such as {@code 0644}, which the copy is given
 * @since 0.1
 */
public record FileCopy(Path here, String there, long size, Instant modified, int mode) {}
