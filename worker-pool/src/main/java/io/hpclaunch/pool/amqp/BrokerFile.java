// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.amqp;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Where the workers of a pool read where its broker is, and what they need to get in. Each client
 * writes it, and workers read it before each connection: so they find the broker of the next
 * client, though its port, its address or its certificate be new. It is for its owner only.
 */
public final class BrokerFile {
  private BrokerFile() {}

  /**
   * The file of a pool.
   *
   * @param store the folder of the pool's store
   * @return its path
   */
  public static Path in(Path store) {
    return store.resolve("broker.properties");
  }

  /**
   * What stands in it.
   *
   * @param address where the broker is
   * @return what {@link #read} reads, as UTF-8
   */
  public static String text(BrokerAddress address) {
    Properties properties = new Properties();
    address.store(properties);
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has none
    }
    return text.toString();
  }

  /**
   * Reads it.
   *
   * @param store the folder of the pool's store
   * @return where the broker is
   * @throws IOException when it cannot be read
   */
  public static BrokerAddress read(Path store) throws IOException {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(in(store))));
      return BrokerAddress.load(properties);
    } catch (IllegalArgumentException e) {
      throw new IOException(in(store) + " is none of ours: " + e.getMessage(), e);
    }
  }
}
