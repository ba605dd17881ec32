// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.Word;
import java.util.Set;
import java.util.function.Predicate;

/** Tells the words that name executables. */
final class ExecutableWords implements Predicate<Word> {
  private final LaunchContext context;
  private final Set<Integer> known;

  /**
   * Makes the test.
   *
   * @param context looks words up
   * @param known positions of the user's words that the asking shell found to name executables
   */
  ExecutableWords(LaunchContext context, Set<Integer> known) {
    this.context = context;
    this.known = known;
  }

  @Override
  public boolean test(Word word) {
    return (word instanceof Word.User user && known.contains(user.position()))
        || context.which(word.text()).isPresent();
  }
}
