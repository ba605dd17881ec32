// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.broker;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a broker is started with.
 *
 * @param address where it listens; port 0 is any free one
 * @param virtualHost the one virtual host that it has; a name without slashes
 * @param user the one user that may connect, by SASL PLAIN
 * @param password the user's; never logged
 * @param keyStore the server's key and certificate (PKCS#12), or null: without TLS
 * @param folder for what it has to keep on disk; it exists, is for the owner only, and is removed
 *     by the caller after the broker's end
 * @since 0.1
 */
public record BrokerContext(
    InetSocketAddress address,
    String virtualHost,
    String user,
    String password,
    @Nullable KeyStoreFile keyStore,
    Path folder) {
  /**
   * A key store.
   *
   * @param file PKCS#12
   * @param password of the file and of its one key; never logged
   */
  public record KeyStoreFile(Path file, String password) {
    @Override
    public String toString() {
      return file.toString();
    }
  }

  @Override
  public String toString() {
    return user + '@' + address + (keyStore == null ? "" : " with TLS");
  }
}
