// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.core.config.StateFolder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What programs answered about themselves, remembered until they are replaced. Each answer is a
 * file of two lines: the program's path, time and size, and what was made of its words.
 */
final class AnswerCache {
  private static final int SECONDS_TO_ANSWER = 10;
  private static final int LONGEST_ANSWER = 1 << 16;

  private final Path folder;

  /**
   * Makes a cache.
   *
   * @param folder where the answers lie; made when the first one is written
   */
  AnswerCache(Path folder) {
    this.folder = folder;
  }

  /**
   * Asks, or remembers.
   *
   * @param executable the program
   * @param arguments what to call it with
   * @param digest makes of its output what is to be remembered, without line ends
   * @return the remembered text; empty when the program gave no answer
   */
  String ask(Path executable, List<String> arguments, UnaryOperator<String> digest) {
    String question = question(executable, arguments);
    Path file = folder.resolve(Integer.toHexString(question.hashCode()));
    String remembered = read(file, question);
    if (remembered != null) {
      return remembered;
    }
    StringBuilder words = new StringBuilder();
    boolean well = run(executable, arguments, words);
    if (words.length() == 0) {
      return "";
    }
    String answer = digest.apply(words.toString()).replace('\n', ' ');
    if (well) { // a library that is missing today may be there tomorrow
      write(file, question + "\n" + answer + "\n");
    }
    return answer;
  }

  private static String question(Path executable, List<String> arguments) {
    File file = executable.toFile();
    String real;
    try {
      real = file.getCanonicalPath();
    } catch (IOException e) {
      real = file.getAbsolutePath();
    }
    return (file.getPath() + " " + real + " " + file.lastModified() + " " + file.length() + " "
            + arguments)
        .replace('\n', ' ');
  }

  private static @Nullable String read(Path file, String question) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      boolean whole = text.startsWith(question + "\n") && text.endsWith("\n");
      return whole ? text.substring(question.length() + 1, text.length() - 1) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private void write(Path file, String text) {
    try {
      StateFolder.create(folder);
      Path temporary = Files.createTempFile(folder, "answer", null);
      try {
        Files.writeString(temporary, text, StandardCharsets.UTF_8);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      return; // asked again next time
    }
  }

  /** Runs the program, collects its words, and tells whether it ended with status 0. */
  private static boolean run(Path executable, List<String> arguments, StringBuilder words) {
    List<String> argv = new ArrayList<>();
    argv.add(executable.toString());
    argv.addAll(arguments);
    try {
      Path output = Files.createTempFile("hpc-launch", ".out");
      try {
        Process process = new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile())
            .start();
        if (!process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
          return false;
        }
        byte[] bytes = Files.readAllBytes(output);
        int length = Math.min(bytes.length, LONGEST_ANSWER);
        words.append(new String(bytes, 0, length, StandardCharsets.UTF_8));
        return process.exitValue() == 0;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
