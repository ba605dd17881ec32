// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.NativeId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id that sbatch tells; its last line that has one, since banners may come before and after.
 */
final class SbatchAnswer {
  private static final Pattern PARSABLE = Pattern.compile("([1-9]\\d{0,9})(?:;([\\w.+-]{1,64}))?");
  private static final Pattern WORDS = Pattern.compile(
      "(?:.*\\s)?Submitted batch job ([1-9]\\d{0,9})(?: on cluster ([\\w.+-]{1,64}))?");

  private SbatchAnswer() {}

  /**
   * Reads {@code 42}, {@code 42;cluster}, or {@code Submitted batch job 42 on cluster c1}.
   *
   * @param stdout what sbatch wrote to standard output, and nothing else
   * @return the id, or null where there is none
   */
  static @Nullable NativeId read(String stdout) {
    NativeId id = null;
    for (String line : stdout.split("\n", -1)) {
      Matcher m = PARSABLE.matcher(line.strip());
      if (!m.matches()) {
        m = WORDS.matcher(line.strip());
      }
      if (m.matches()) {
        id = NativeId.of(m.group(1)).onCluster(m.group(2));
      }
    }
    return id;
  }
}
