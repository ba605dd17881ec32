// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

import io.hpclaunch.core.shell.Quoting;
import org.jspecify.annotations.Nullable;

/**
 * A path of a {@link io.hpclaunch.api.JobSpec} in which {@code {id}} stands for the scheduler's id
 * of the job (of an array the whole array's) and {@code {index}} for the user's index of an element
 * (for nothing in a plain job).
 */
public final class PathTemplate {
  private static final String ID = "{id}";
  private static final String INDEX = "{index}";

  private PathTemplate() {}

  /**
   * The path of a job that is known.
   *
   * @param template the path
   * @param id the scheduler's id, without an index
   * @param index the user's index, or null for a plain job
   * @return the path with both put in
   */
  public static String resolve(String template, String id, @Nullable Integer index) {
    StringBuilder path = new StringBuilder();
    split(template, path::append, () -> path.append(id), () -> path.append(text(index)));
    return path.toString();
  }

  /**
   * The path of an array whose elements are not told apart.
   *
   * @param template the path
   * @param id the scheduler's id
   * @return the path with the id put in
   */
  public static String resolve(String template, String id) {
    StringBuilder path = new StringBuilder();
    split(template, path::append, () -> path.append(id), () -> path.append(INDEX));
    return path.toString();
  }

  /** A word for bash, in which the job's own variables stand for what is not known yet. */
  static String shellWord(String template) {
    StringBuilder word = new StringBuilder();
    split(
        template,
        literal -> word.append(Quoting.quote(literal)),
        () -> word.append("\"$hpc_native\""),
        () -> word.append("\"$hpc_index\""));
    return word.toString();
  }

  private static String text(@Nullable Integer index) {
    return index == null ? "" : index.toString();
  }

  private static void split(
      String template, java.util.function.Consumer<String> literal, Runnable id, Runnable index) {
    int from = 0;
    for (int at = template.indexOf('{'); at >= 0; at = template.indexOf('{', at + 1)) {
      boolean isId = template.startsWith(ID, at);
      if (isId || template.startsWith(INDEX, at)) {
        if (at > from) {
          literal.accept(template.substring(from, at));
        }
        (isId ? id : index).run();
        from = at + (isId ? ID : INDEX).length();
      }
    }
    if (from < template.length()) {
      literal.accept(template.substring(from));
    }
  }
}
