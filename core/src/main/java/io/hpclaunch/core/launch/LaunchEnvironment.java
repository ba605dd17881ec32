// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a launch needs to know of the process that asked for it.
 *
 * @param variables its environment
 * @param workingDirectory where it stands
 * @param stateFolder where answers and scripts are kept
 * @param libexec the installation's folder of scripts, or null where nothing is installed
 * @param superuser whether it is root's
 * @param executableWords positions of the user's words that the asking shell found to name
 *     executables, for words whose bytes the JVM cannot look up
 * @param cpuinfo {@code /proc/cpuinfo}
 */
public record LaunchEnvironment(
    Map<String, String> variables,
    Path workingDirectory,
    Path stateFolder,
    @Nullable Path libexec,
    boolean superuser,
    Set<Integer> executableWords,
    Path cpuinfo) {
  /** Where Linux tells the processors. */
  public static final Path CPUINFO = Path.of("/proc/cpuinfo");
}
