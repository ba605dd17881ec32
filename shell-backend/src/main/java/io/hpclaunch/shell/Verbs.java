// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendUnavailable;
import java.util.List;

/** The verbs of {@code hpc-shell}, however it is reached. Its own header says what they take. */
interface Verbs extends AutoCloseable {
  /**
   * Asks for one verb.
   *
   * @param verb such as {@code query}
   * @param options its options, one word each
   * @param lines what it reads, of words as {@link Words} writes them
   * @return the lines that it answered
   * @throws BackendUnavailable when it surely was not carried out
   * @throws AnswerLost when it may have been
   */
  List<String> call(String verb, List<String> options, List<String> lines) throws AnswerLost;

  /** Leaves no process behind, on either side. Jobs and their agent go on. */
  @Override
  void close();
}
