// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.hpclaunch.core.broker.BrokerContext.KeyStoreFile;
import io.hpclaunch.core.broker.RunningBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker behind TLS, with certificates that are made for the test. */
@Timeout(120)
class TlsTest {
  private static final String PASSWORD = "of the store";

  @TempDir
  static Path keys;

  @TempDir
  private Path folder;

  private static KeyStoreFile own;
  private static KeyStoreFile other;

  @BeforeAll
  static void makeKeys() throws Exception {
    own = make("own.p12");
    other = make("other.p12");
  }

  private static KeyStoreFile make(String name) throws Exception {
    Path file = keys.resolve(name);
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    int status = new ProcessBuilder(
            keytool.toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=broker",
            "-ext",
            "san=ip:127.0.0.1",
            "-alias",
            "key",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            PASSWORD)
        .redirectErrorStream(true)
        .redirectOutput(keys.resolve("keytool.log").toFile())
        .start()
        .waitFor();
    assertThat(status).as(Files.readString(keys.resolve("keytool.log"))).isZero();
    return new KeyStoreFile(file, PASSWORD);
  }

  /** Trusts the certificate of this store, and no other. */
  private static SSLContext pinned(KeyStoreFile to) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(to.file())) {
      store.load(in, to.password().toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("broker", store.getCertificate("key"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void whoTrustsTheCertificateGetsIn() throws Exception {
    try (RunningBroker broker = new Site(folder).start(0, own)) {
      ConnectionFactory client = Site.client(broker);
      client.useSslProtocol(pinned(own));
      client.enableHostnameVerification();
      try (Connection connection = client.newConnection()) {
        assertThat(connection.createChannel().queueDeclare().getQueue()).isNotEmpty();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whoTrustsAnotherOneDoesNot() throws Exception {
    try (RunningBroker broker = new Site(folder).start(0, own)) {
      ConnectionFactory client = Site.client(broker);
      client.useSslProtocol(pinned(other));
      assertThatThrownBy(client::newConnection).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void withoutTlsNobodyGetsIn() throws Exception {
    try (RunningBroker broker = new Site(folder).start(0, own)) {
      ConnectionFactory client = Site.client(broker);
      client.setHandshakeTimeout(10_000);
      assertThatThrownBy(client::newConnection)
          .isInstanceOfAny(IOException.class, TimeoutException.class);
    }
  }

  @Test
  void aKeyStoreThatCannotBeOpenedIsTold() {
    Site site = new Site(folder);
    assertThatThrownBy(() -> site.start(0, new KeyStoreFile(own.file(), "another")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(own.file().toString())
        .hasMessageNotContaining("another");
    Path missing = folder.resolve("missing.p12");
    assertThatThrownBy(() -> site.start(0, new KeyStoreFile(missing, PASSWORD)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
    assertThat(Thread.getDefaultUncaughtExceptionHandler()).isNull();
  }
}
