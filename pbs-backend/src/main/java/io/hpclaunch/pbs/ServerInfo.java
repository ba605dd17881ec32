// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.core.shell.RawBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells of itself: {@code qstat -Bf}, as text or with {@code -F json}.
 *
 * @param name its name
 * @param version its version, such as {@code 23.06.06}
 * @param defaultQueue where jobs go that name no queue
 * @param maxArraySize the most elements of an array
 * @param historyEnabled whether ended jobs are kept and {@code qstat -x} shows them; null where it
 *     is not said, which means no
 */
record ServerInfo(
    @Nullable String name,
    @Nullable String version,
    @Nullable String defaultQueue,
    @Nullable Integer maxArraySize,
    @Nullable Boolean historyEnabled) {
  /** Reads an answer; null where it tells of no server. */
  static @Nullable ServerInfo parse(byte[] answer) {
    List<PbsRecord> servers = PbsRecords.read(RawBytes.decode(answer), "Server", "Server: ");
    if (servers.isEmpty()) {
      return null;
    }
    PbsRecord server = servers.get(0);
    return new ServerInfo(
        server.name(),
        server.get("pbs_version"),
        server.get("default_queue"),
        PbsValues.integer(server.first("max_array_size", "max_job_array_size")),
        PbsValues.bool(server.get("job_history_enable")));
  }
}
