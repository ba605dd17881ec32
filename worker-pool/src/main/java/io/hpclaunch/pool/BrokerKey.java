// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.core.broker.BrokerContext.KeyStoreFile;
import io.hpclaunch.core.store.StateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key by which a pool's own broker proves that it is the one: made once, for its owner only,
 * and the same for each client, so that workers who wait know the next one's broker. Nobody signs
 * the certificate but itself: whoever connects accepts this one and no other.
 *
 * @param file the key and its certificate
 * @param certificate the certificate, as PEM
 */
record BrokerKey(KeyStoreFile file, String certificate) {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerKey.class);
  private static final String NAME = "broker.p12";
  private static final String TYPE = "PKCS12";
  private static final String ALIAS = "broker";
  private static final String PASSWORD = "HPC_BROKER_KEY_PASSWORD";
  private static final Duration VALIDITY = Duration.ofDays(825);

  /** No client is open for so long; and workers read the new certificate before they connect. */
  private static final Duration RENEWAL = Duration.ofDays(60);

  /**
   * Finds the key, or makes one, or another when it cannot be read or its certificate runs out.
   *
   * @param folder the pool's, for its owner only
   * @param password the pool's secret
   * @param now the time
   * @throws IOException when none can be made
   */
  static BrokerKey in(Path folder, String password, Instant now) throws IOException {
    Path file = folder.resolve(NAME);
    if (Files.exists(file)) {
      try {
        X509Certificate found = read(file, password);
        if (found.getNotAfter().toInstant().isAfter(now.plus(RENEWAL))) {
          return of(file, password, found);
        }
      } catch (IOException | GeneralSecurityException e) {
        LOG.debug("{} is made anew: {}", file, e.getMessage());
      }
    }
    make(file, password);
    try {
      return of(file, password, read(file, password));
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool made a key store that cannot be read: " + file, e);
    }
  }

  /** The pool is no more. */
  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
  }

  private static BrokerKey of(Path file, String password, X509Certificate certificate)
      throws GeneralSecurityException {
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return new BrokerKey(
        new KeyStoreFile(file, password),
        "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
  }

  private static X509Certificate read(Path file, String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(TYPE);
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    Certificate found = store.getCertificate(ALIAS);
    if (found instanceof X509Certificate certificate) {
      return certificate;
    }
    throw new GeneralSecurityException("no certificate is named " + ALIAS);
  }

  /** By the JDK's own tool: Java has no public class that signs a certificate. */
  private static void make(Path file, String password) throws IOException {
    StateFiles.folders(file.resolveSibling("."));
    Path fresh = file.resolveSibling(NAME + ".new");
    Files.deleteIfExists(fresh);
    ProcessBuilder keytool = new ProcessBuilder(List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=hpc-launch worker pool",
        "-startdate",
        "-1d", // clocks of clients and nodes differ
        "-validity",
        Long.toString(VALIDITY.toDays()),
        "-alias",
        ALIAS,
        "-storetype",
        TYPE,
        "-keystore",
        fresh.toString(),
        "-storepass:env",
        PASSWORD));
    keytool.environment().put(PASSWORD, password);
    run(keytool);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void run(ProcessBuilder keytool) throws IOException {
    Process process = keytool.redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("keytool of this JDK made no key, and ended with status " + status
            + ": " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a key was made", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
