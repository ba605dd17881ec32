// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Objects that the client and all workers of a pool can read and write. A name is written once; an
 * object is there whole or not at all. Safe for use by several threads.
 */
public interface ObjectStore {
  /**
   * Writes an object. One that is there already is the same, and stays.
   *
   * @param key its name: words with {@code /} between them
   * @param bytes its content
   * @throws IOException when it cannot be written
   */
  default void put(String key, byte[] bytes) throws IOException {
    try (Writing writing = create(key)) {
      writing.stream().write(bytes);
      writing.keep();
    }
  }

  /**
   * Starts an object, which is there when it is kept.
   *
   * @param key its name
   * @return takes the content
   * @throws IOException when it cannot be written
   */
  Writing create(String key) throws IOException;

  /**
   * Reads an object.
   *
   * @param key its name
   * @return its content
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it cannot be read
   */
  byte[] get(String key) throws IOException;

  /**
   * Whether an object is there.
   *
   * @param key its name
   * @return true if it can be read
   */
  boolean has(String key);

  /**
   * An object as a file on this machine.
   *
   * @param key its name
   * @return the file, not to be changed
   * @throws IOException when it cannot be read
   */
  Path file(String key) throws IOException;

  /**
   * Removes an object and all whose names continue its name behind a {@code /}. Does nothing where
   * there is none.
   *
   * @param key the name
   * @throws IOException when one cannot be removed
   */
  void remove(String key) throws IOException;

  /** An object that is being written. */
  interface Writing extends AutoCloseable {
    /**
     * Takes the content.
     *
     * @return buffered by the caller, if at all
     */
    OutputStream stream();

    /**
     * Makes the object appear, whole.
     *
     * @throws IOException when it cannot
     */
    void keep() throws IOException;

    /** Gives up what was not kept. */
    @Override
    void close() throws IOException;
  }
}
