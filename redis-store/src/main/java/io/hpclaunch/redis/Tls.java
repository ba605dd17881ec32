// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** Whose certificates are believed. The server's must be for its name, too. */
final class Tls {
  private static final String TYPE = "PKCS12";

  /** Certificates are no secret; the form wants a word. */
  private static final char[] NO_SECRET = "certificates".toCharArray();

  private Tls() {}

  /**
   * Believes what the certificates of a file have signed, and nothing else.
   *
   * @param caFile the file, or null for what Java believes
   * @throws RedisFault when the file cannot be used
   */
  static SslOptions options(@Nullable Path caFile) throws RedisFault {
    SslOptions.Builder options = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL);
    if (caFile == null) {
      return options.build();
    }
    try {
      byte[] believed = store(caFile);
      return options
          .trustStoreType(TYPE)
          .truststore(() -> new ByteArrayInputStream(believed), NO_SECRET.clone())
          .build();
    } catch (NoSuchFileException e) {
      throw RedisFault.misconfigured("there is no store.ca_file " + caFile);
    } catch (RedisFault e) {
      throw e;
    } catch (IOException | GeneralSecurityException e) {
      throw RedisFault.misconfigured(
          "store.ca_file " + caFile + " cannot be read as PEM certificates");
    }
  }

  private static byte[] store(Path caFile) throws IOException, GeneralSecurityException {
    KeyStore believed = KeyStore.getInstance(TYPE);
    believed.load(null, null);
    int number = 0;
    for (Certificate each : certificates(caFile)) {
      believed.setCertificateEntry("ca" + number++, each);
    }
    if (number == 0) {
      throw RedisFault.misconfigured("store.ca_file " + caFile + " holds no certificate");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    believed.store(bytes, NO_SECRET);
    return bytes.toByteArray();
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }
}
