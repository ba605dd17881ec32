// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import java.util.List;

/** Texts that a shell, a scheduler, a printf or a template might read as something else. */
final class OddWords {
  /** U+DCxx stands for a byte that is no UTF-8. */
  private static final String RAW_BYTES = "\uDCFF\uDC80raw\uDCC3";

  static final List<String> ALL = List.of(
      "",
      " ",
      " two  blanks ",
      "tab\there",
      "it's",
      "say \"hi\"",
      "$HOME ${HOME} $$ $(id) `id`",
      "back\\slash \\n \\\\ end\\",
      "line\nline\n",
      "\n",
      "carriage\rreturn",
      "* ? [a-z] ~ {a,b}",
      "! & ; | < > ( ) #",
      "%s %d %% %(np)d",
      "{id} {index} {}",
      "-n",
      "--",
      "=",
      "a=b",
      "#SBATCH --nodes=9",
      "ü 漢 🚀",
      RAW_BYTES);

  private OddWords() {}
}
