// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.pool.amqp.BrokerAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A broker that runs elsewhere, such as a RabbitMQ: {@code amqp_url}, {@code amqp_ca}. */
record NamedBroker(BrokerAddress where) implements PoolBroker {
  private static final String URL = "amqp_url";
  private static final String AUTHORITY = "amqp_ca";

  /**
   * Reads what the configuration says of it.
   *
   * @param settings the pool's keys, {@code amqp_url} among them
   * @param sources from where a relative path counts
   * @throws InvalidConfiguration when it cannot be used; the message does not repeat the URL
   */
  static NamedBroker of(Settings settings, ConfigSources sources) {
    String url = settings.string(URL).orElseThrow();
    try {
      BrokerAddress address = BrokerAddress.parse(url, authority(settings, sources));
      if (settings.string(AUTHORITY).isPresent() && address.tls() instanceof BrokerAddress.NoTls) {
        throw new InvalidConfiguration(origin(settings, AUTHORITY)
            + " is for a broker with TLS, and amqp_url does not begin with amqps://");
      }
      return new NamedBroker(address);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfiguration(origin(settings, URL) + " " + e.getMessage(), e);
    }
  }

  private static String origin(Settings settings, String key) {
    return settings.origin(key).orElse("worker_pools") + ": " + key;
  }

  /** The certificates travel to the workers, which need not see the file. */
  private static @Nullable String authority(Settings settings, ConfigSources sources) {
    String named = settings.string(AUTHORITY).orElse(null);
    if (named == null) {
      return null;
    }
    Path file = named.startsWith("~/")
        ? sources.home().resolve(named.substring(2))
        : sources.workingDirectory().resolve(named);
    try {
      String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))
          .isEmpty()) {
        throw new CertificateException("it is empty");
      }
      return pem;
    } catch (IOException e) {
      throw new InvalidConfiguration(
          origin(settings, AUTHORITY) + ": " + file + " cannot be read: " + e, e);
    } catch (CertificateException e) {
      throw new InvalidConfiguration(
          origin(settings, AUTHORITY) + ": " + file
              + " holds no certificates as PEM (-----BEGIN CERTIFICATE-----): " + e.getMessage(),
          e);
    }
  }

  @Override
  public OptionalInt start(String secret, int port) {
    return OptionalInt.of(port);
  }

  @Override
  public Optional<BrokerAddress> address() {
    return Optional.of(where);
  }

  @Override
  public void close() {
    // others use it
  }
}
