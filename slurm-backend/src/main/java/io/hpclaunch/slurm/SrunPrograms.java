// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.LaunchPlan.LaunchFile;
import io.hpclaunch.api.launch.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * The file that {@code srun --multi-prog} reads: on each line the ranks, the program, and its
 * arguments.
 *
 * <p>Its format as srun and slurmstepd of 22.05 read it: {@code %t} and {@code %o} become the rank,
 * and any other character behind {@code %} is lost; {@code \} takes the meaning from the next
 * character, at a line's end the line goes on; between {@code '} all but a line end stands for
 * itself; no other character is special. Of a program's words those behind the 127th are dropped. A
 * line has at most 16 KiB, which is why each word has one of its own; longer ones, and files of
 * more than some 60 KiB, srun itself refuses.
 */
final class SrunPrograms {
  private static final int MOST_WORDS = 127;
  private static final String PLAIN = "_@+:,./=-";
  private static final Word BLANK = Word.of(" ");
  private static final Word QUOTE = Word.of("'");

  private final List<Word> content = new ArrayList<>();
  private int next;

  /**
   * Adds a program.
   *
   * @param ranks how many times it is started, at least 1
   * @param program the program and its arguments
   * @throws InvalidJob when the format cannot carry its words
   */
  void add(int ranks, List<Word> program) {
    if (program.size() > MOST_WORDS) {
      throw new InvalidJob("'" + program.get(0).text() + "' has " + (program.size() - 1)
          + " arguments, and srun --multi-prog passes on at most " + (MOST_WORDS - 1)
          + ": start it by a script that holds them");
    }
    int last = next + ranks - 1;
    content.add(Word.of(next == last ? Integer.toString(next) : next + "-" + last));
    for (int i = 0; i < program.size(); i++) {
      content.add(i == 0 ? BLANK : Word.of("\\\n "));
      add(program.get(i));
    }
    content.add(Word.of("\n"));
    next = last + 1;
  }

  private void add(Word word) {
    String text = word.text();
    if (text.indexOf('\n') >= 0) {
      throw new InvalidJob("a line end in '" + text.replace("\n", "\\n")
          + "': srun --multi-prog cannot carry that; start the program by a script that holds it");
    }
    if (isPlain(text)) {
      content.add(word);
      return;
    }
    content.add(QUOTE);
    if (text.indexOf('\'') < 0) {
      content.add(word);
    } else if (word instanceof Word.User user) {
      content.add(new Word.Replaced(user, '\'', "'\\''"));
    } else {
      content.add(Word.of(text.replace("'", "'\\''")));
    }
    content.add(QUOTE);
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || PLAIN.indexOf(c) >= 0;
      if (!plain) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  LaunchFile file() {
    return new LaunchFile(content);
  }
}
