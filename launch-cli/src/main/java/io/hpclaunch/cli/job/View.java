// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.cli.Time;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a command shows at one time.
 *
 * @param text what is printed
 * @param problems lines for standard error
 * @param key what has to change before it is printed again where the output is no terminal
 * @param isLast whether nothing will change any more
 * @param status the exit status
 */
public record View(String text, List<String> problems, Object key, boolean isLast, int status) {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

  /**
   * Collects what a printer prints.
   *
   * @param printer prints
   * @return the text
   */
  public static String text(Consumer<PrintWriter> printer) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    printer.accept(out);
    out.flush();
    return text.toString();
  }

  /**
   * Looks again and again, until nothing will change or nobody reads any more. On a terminal each
   * look is drawn in the place of the one before; nothing of the terminal is changed, so that it
   * can be left at any time. Elsewhere only what has changed is printed.
   *
   * @param look looks once
   * @param terminal whether the output is a terminal
   * @param time what passes between two looks
   * @param out where to
   * @param tell takes lines for standard error
   * @return the exit status of the last look
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public static int watch(
      Supplier<View> look, boolean terminal, Time time, PrintWriter out, Consumer<String> tell)
      throws InterruptedException {
    View last = null;
    while (true) {
      View view = look.get();
      if (terminal) {
        out.print(HOME_AND_CLEAR + view.text());
      } else if (last == null || !last.key().equals(view.key())) {
        out.print(view.text());
      }
      boolean isClosed = out.checkError();
      if (terminal || last == null || !last.problems().equals(view.problems())) {
        view.problems().forEach(tell);
      }
      if (view.isLast() || isClosed) {
        return view.status();
      }
      last = view;
      time.pause(INTERVAL);
    }
  }
}
