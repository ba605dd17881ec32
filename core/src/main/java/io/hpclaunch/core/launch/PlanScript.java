// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.ShellVariables;
import java.util.List;
import java.util.Map;

/**
 * Writes a plan as lines for bash, to be evaluated where the user's words are the positional
 * parameters. Their bytes never pass through here: a word of the user's is {@code "${4}"}, a run of
 * them to the end {@code "${@:4}"}.
 */
public final class PlanScript {
  private static final int FIRST_FD = 9;
  private static final int LAST_FD = 3;

  private PlanScript() {}

  /**
   * The lines that turn the shell into the launcher.
   *
   * @param plan what to run
   * @param last the number of positional parameters
   * @return lines for bash
   */
  public static String exec(LaunchPlan plan, int last) {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < plan.files().size(); i++) {
      file(script, plan.files().get(i), fd(i));
    }
    StringBuilder odd = new StringBuilder();
    for (String name : plan.unset()) {
      if (ShellVariables.isExportable(name)) {
        script.append("unset -v ").append(name).append('\n');
      } else {
        odd.append(" -u ").append(Quoting.quote(name));
      }
    }
    for (Map.Entry<String, String> variable : plan.set().entrySet()) {
      String name = variable.getKey();
      if (ShellVariables.isExportable(name)) {
        script.append("export ").append(name).append('=');
        script.append(Quoting.quote(variable.getValue())).append('\n');
      } else {
        odd.append(' ').append(Quoting.quote(name + "=" + variable.getValue()));
      }
    }
    // bash cannot export a name that is none of its own: env(1) sets it, and is gone with its exec
    script.append(odd.length() == 0 ? "exec --" : "exec env" + odd);
    words(script, plan.argv(), last);
    return script.append('\n').toString();
  }

  /**
   * The lines that print the command line, quoted for a shell, and the files as comments.
   *
   * @param plan what would be run
   * @return lines for bash
   */
  public static String print(LaunchPlan plan) {
    StringBuilder script = new StringBuilder();
    String blank = "";
    for (Word word : plan.argv()) {
      if (word instanceof Word.User user && !isAscii(user.text())) {
        script
            .append("printf '")
            .append(blank)
            .append("%q' \"${")
            .append(user.position())
            .append("}\"\n");
      } else {
        String text = word instanceof Word.FilePath file ? path(file) : word.text();
        script.append("printf '").append(blank).append("%s' ");
        script.append(Quoting.quote(Quoting.quote(text))).append('\n');
      }
      blank = " ";
    }
    script.append("printf '\\n'\n");
    for (int i = 0; i < plan.files().size(); i++) {
      contents(script, plan.files().get(i), "# /dev/fd/" + fd(i) + ": ");
    }
    return script.append("exit 0\n").toString();
  }

  /** What would be in a file, as comments, so that the line can still be given to a shell. */
  private static void contents(StringBuilder script, LaunchPlan.LaunchFile file, String start) {
    StringBuilder text = new StringBuilder();
    for (Word word : file.content()) {
      text.append(word.text());
    }
    for (String line : text.toString().strip().split("\n", -1)) {
      script.append("printf '%s\\n' ").append(Quoting.quote(start + line)).append('\n');
    }
  }

  private static void words(StringBuilder script, List<Word> words, int last) {
    for (int i = 0; i < words.size(); i++) {
      script.append(' ');
      if (words.get(i) instanceof Word.User user) {
        int run = runLength(words, i);
        int position = user.position();
        if (run == 1) {
          script.append("\"${").append(position).append("}\"");
        } else if (position + run - 1 == last) {
          script.append("\"${@:").append(position).append("}\"");
        } else {
          script.append("\"${@:").append(position).append(':').append(run).append("}\"");
        }
        i += run - 1;
      } else if (words.get(i) instanceof Word.FilePath file) {
        script.append(path(file));
      } else if (words.get(i) instanceof Word.Replaced replaced) {
        throw new IllegalArgumentException("only files hold such a word: " + replaced);
      } else {
        script.append(Quoting.quote(words.get(i).text()));
      }
    }
  }

  /** How many words from here on are the user's, one behind the other. */
  private static int runLength(List<Word> words, int from) {
    int run = 0;
    while (from + run < words.size()
        && words.get(from + run) instanceof Word.User user
        && user.position() == ((Word.User) words.get(from)).position() + run) {
      run++;
    }
    return run;
  }

  /**
   * A file that is gone from its folder before the launcher starts, and lives on as a descriptor.
   */
  private static void file(StringBuilder script, LaunchPlan.LaunchFile file, int fd) {
    script.append("hpc_file=$(mktemp \"${TMPDIR:-/tmp}/hpc-launch.XXXXXX\") || exit 1\n{ ");
    for (Word word : file.content()) {
      if (word instanceof Word.Replaced replaced) {
        replaced(script, replaced);
      } else if (word instanceof Word.User user) {
        script.append("printf %s \"${").append(user.position()).append("}\"; ");
      } else {
        script.append("printf %s ").append(Quoting.quote(word.text())).append("; ");
      }
    }
    script.append(":; } >\"$hpc_file\" || exit 1\n");
    script.append("exec ").append(fd).append("<\"$hpc_file\"; rm -f -- \"$hpc_file\"\n");
  }

  /** Quotes keep all bashes from reading a pattern or an {@code &} into what is replaced. */
  private static void replaced(StringBuilder script, Word.Replaced word) {
    script.append("hpc_from=").append(Quoting.quote(String.valueOf(word.character())));
    script.append("; hpc_to=").append(Quoting.quote(word.replacement()));
    script.append("; hpc_word=${").append(word.word().position());
    script.append("//\"$hpc_from\"/\"$hpc_to\"}; printf %s \"$hpc_word\"; ");
  }

  private static String path(Word.FilePath file) {
    return "/dev/fd/" + fd(file.file());
  }

  private static int fd(int file) {
    int fd = FIRST_FD - file;
    if (fd < LAST_FD) {
      throw new IllegalArgumentException(
          "a plan with more than " + (FIRST_FD - LAST_FD + 1) + " files");
    }
    return fd;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
