// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file that is brought to the job before it is submitted: from a path of the client, or from
 * content at hand. The two are different types, and never guessed from a string.
 *
 * @since 0.1
 */
public sealed interface StagedFile {
  /**
   * Where the file goes, relative to the job's working directory.
   *
   * @return a path with {@code /}, without parts that are empty, {@code .} or {@code ..}
   */
  String target();

  /**
   * A file or folder of the client.
   *
   * @param source the path here
   * @param target where it goes, relative to the job's working directory
   */
  record FromPath(Path source, String target) implements StagedFile {
    /** Checks the target. */
    public FromPath {
      checkTarget(target);
    }
  }

  /** Content at hand. */
  final class FromContent implements StagedFile {
    private final byte[] content;
    private final String target;

    private FromContent(byte[] content, String target) {
      checkTarget(target);
      this.content = content.clone();
      this.target = target;
    }

    /**
     * The bytes.
     *
     * @return a copy
     */
    public byte[] content() {
      return content.clone();
    }

    @Override
    public String target() {
      return target;
    }
  }

  /**
   * Brings a file or folder of the client.
   *
   * @param source the path here
   * @param target where it goes, relative to the job's working directory
   * @return the file
   * @throws InvalidJob when the target leaves the working directory
   */
  static StagedFile path(Path source, String target) {
    return new FromPath(source, target);
  }

  /**
   * Writes text, as UTF-8.
   *
   * @param text the content
   * @param target where it goes, relative to the job's working directory
   * @return the file
   * @throws InvalidJob when the target leaves the working directory
   */
  static StagedFile content(String text, String target) {
    return new FromContent(text.getBytes(StandardCharsets.UTF_8), target);
  }

  /**
   * Writes bytes.
   *
   * @param bytes the content
   * @param target where it goes, relative to the job's working directory
   * @return the file
   * @throws InvalidJob when the target leaves the working directory
   */
  static StagedFile content(byte[] bytes, String target) {
    return new FromContent(bytes, target);
  }

  private static void checkTarget(String target) {
    Carried.check("the target of a staged file", target);
    for (String part : target.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new InvalidJob(
            "a staged file needs a path within the working directory, such as data/in.txt, not '"
                + target
                + "'");
      }
    }
  }
}
