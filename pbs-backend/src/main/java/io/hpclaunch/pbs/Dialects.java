// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose qsub and qstat these are: Slurm and Grid Engine bring commands of the same names,
 * that are no PBS.
 */
final class Dialects {
  private static final Pattern OPENPBS =
      Pattern.compile("(?i)pbs_version\\s*=|\\bPBSPro|\\bOpenPBS");

  /** Torque says no more than this, on standard error. */
  private static final Pattern TORQUE =
      Pattern.compile("(?im)^\\s*version:\\s*\\d+\\.\\d+|\\btorque\\b");

  /** The wrappers of Slurm are in Perl and know {@code --man}, but not {@code --version}. */
  private static final Pattern SLURM =
      Pattern.compile("(?i)\\bslurm\\b|\\bsbatch\\b|Unknown option: version|\\[--man]");

  private static final Pattern GRID_ENGINE = Pattern.compile(
      "(?im)^\\s*(?:SGE|UGE|GE|OGE|OGS/GE|AGE|OCS|Grid Engine)[ -]?v?\\d"
          + "|grid ?engine|SGE_ROOT|commlib error|sge_qmaster|invalid option argument \"--version\"");

  private Dialects() {}

  /**
   * What was found.
   *
   * @param dialect the family, or null where it is no PBS or not known
   * @param impostor whether it is another scheduler's
   * @param words what it is, or what it said
   */
  record Verdict(@Nullable Dialect dialect, boolean impostor, String words) {}

  /**
   * Judges what the commands said of themselves.
   *
   * @param qstatVersion all that {@code qstat --version} wrote, standard error too
   * @param qsubVersion all that {@code qsub --version} wrote
   */
  static Verdict of(String qstatVersion, String qsubVersion) {
    String both = qstatVersion + "\n" + qsubVersion;
    String said = PbsWords.oneLine(both);
    if (GRID_ENGINE.matcher(both).find()) {
      return new Verdict(null, true, "qsub and qstat are Grid Engine's, not PBS'");
    }
    if (SLURM.matcher(both).find()) {
      return new Verdict(null, true, "qsub and qstat are Slurm's wrappers, not PBS'");
    }
    if (OPENPBS.matcher(both).find()) {
      return new Verdict(Dialect.OPENPBS, false, said);
    }
    if (TORQUE.matcher(both).find()) {
      return new Verdict(Dialect.TORQUE, false, said);
    }
    return new Verdict(
        null, false, said.isEmpty() ? "qstat --version and qsub --version say nothing" : said);
  }
}
