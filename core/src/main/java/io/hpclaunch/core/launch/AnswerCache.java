// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

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
    String words = run(executable, arguments);
    if (words.isEmpty()) {
      return "";
    }
    String answer = digest.apply(words).replace('\n', ' ');
    write(file, question + "\n" + answer + "\n");
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
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "answer", null);
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      return; // asked again next time
    }
  }

  private static String run(Path executable, List<String> arguments) {
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
          return "";
        }
        byte[] bytes = Files.readAllBytes(output);
        return new String(bytes, 0, Math.min(bytes.length, LONGEST_ANSWER), StandardCharsets.UTF_8);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
