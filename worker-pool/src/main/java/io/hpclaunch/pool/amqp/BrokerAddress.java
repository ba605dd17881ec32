// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.amqp;

import com.rabbitmq.client.ConnectionFactory;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, and who may connect. {@link #toString} leaves the password out.
 *
 * @param host name or address
 * @param port its port
 * @param virtualHost the virtual host
 * @param user who connects
 * @param password the user's
 * @param tls how the server proves who it is
 */
public record BrokerAddress(
    String host, int port, String virtualHost, String user, String password, Tls tls) {
  private static final int PORT = 5672;
  private static final int TLS_PORT = 5671;
  private static final int HEARTBEAT_SECONDS = 15;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int HANDSHAKE_MILLIS = 20_000;

  /** How the server proves who it is. */
  public sealed interface Tls {}

  /** Not at all: the connection is not encrypted. */
  public record NoTls() implements Tls {}

  /** By a certificate that the JDK trusts, for its host's name. */
  public record KnownAuthority() implements Tls {}

  /**
   * By just this certificate, or one that it signed.
   *
   * @param pem one or more certificates, as PEM
   * @param checksName whether the certificate must be for the host's name
   */
  public record Certificate(String pem, boolean checksName) implements Tls {}

  /**
   * Reads a URL.
   *
   * @param url {@code amqp://user:password@host:port/vhost}, or {@code amqps://…}
   * @param authority certificates that sign the server's, as PEM; null: those that the JDK trusts
   * @return the address
   * @throws IllegalArgumentException when it is none; the message does not repeat it
   */
  public static BrokerAddress parse(String url, @Nullable String authority) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is no URL: " + e.getReason());
    }
    boolean isTls = "amqps".equals(uri.getScheme());
    if (!isTls && !"amqp".equals(uri.getScheme())) {
      throw new IllegalArgumentException("does not begin with amqp:// or amqps://");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("names no host, as in amqp://user:password@host/vhost");
    }
    String[] user = user(uri.getRawUserInfo());
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (path.indexOf('/', 1) >= 0) {
      throw new IllegalArgumentException(
          "has more than a virtual host behind the host; a / in its name is written as an escape");
    }
    return new BrokerAddress(
        uri.getHost(),
        uri.getPort() >= 0 ? uri.getPort() : isTls ? TLS_PORT : PORT,
        path.length() > 1 ? decode(path.substring(1)) : "/",
        user[0],
        user[1],
        tls(isTls, authority));
  }

  private static Tls tls(boolean isTls, @Nullable String authority) {
    if (!isTls) {
      return new NoTls();
    }
    return authority == null ? new KnownAuthority() : new Certificate(authority, true);
  }

  private static String[] user(@Nullable String info) {
    if (info == null) {
      return new String[] {"guest", "guest"};
    }
    int colon = info.indexOf(':');
    return colon < 0
        ? new String[] {decode(info), ""}
        : new String[] {decode(info.substring(0, colon)), decode(info.substring(colon + 1))};
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /**
   * As lines of a properties file.
   *
   * @param properties takes them
   */
  public void store(Properties properties) {
    properties.setProperty("broker.host", host);
    properties.setProperty("broker.port", Integer.toString(port));
    properties.setProperty("broker.virtual_host", virtualHost);
    properties.setProperty("broker.user", user);
    properties.setProperty("broker.password", password);
    if (tls instanceof Certificate certificate) {
      properties.setProperty("broker.tls", certificate.checksName() ? "authority" : "pinned");
      properties.setProperty("broker.certificate", certificate.pem());
    } else {
      properties.setProperty("broker.tls", tls instanceof NoTls ? "none" : "known");
    }
  }

  /**
   * Reads what {@link #store} wrote.
   *
   * @param properties the file
   * @return the address
   */
  public static BrokerAddress load(Properties properties) {
    String tls = properties.getProperty("broker.tls", "none");
    return new BrokerAddress(
        properties.getProperty("broker.host", ""),
        Integer.parseInt(properties.getProperty("broker.port", "0")),
        properties.getProperty("broker.virtual_host", "/"),
        properties.getProperty("broker.user", ""),
        properties.getProperty("broker.password", ""),
        switch (tls) {
          case "none" -> new NoTls();
          case "known" -> new KnownAuthority();
          default ->
            new Certificate(
                properties.getProperty("broker.certificate", ""), tls.equals("authority"));
        });
  }

  /** Makes connections to it; they do not recover by themselves. */
  ConnectionFactory factory() throws GeneralSecurityException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(host);
    factory.setPort(port);
    factory.setVirtualHost(virtualHost);
    factory.setUsername(user);
    factory.setPassword(password);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    factory.setConnectionTimeout(CONNECT_MILLIS);
    factory.setHandshakeTimeout(HANDSHAKE_MILLIS);
    if (tls instanceof KnownAuthority) {
      factory.useSslProtocol(SSLContext.getDefault());
      factory.enableHostnameVerification();
    } else if (tls instanceof Certificate certificate) {
      factory.useSslProtocol(context(certificate.pem()));
      if (certificate.checksName()) {
        factory.enableHostnameVerification();
      }
    }
    return factory;
  }

  /** Trusts these certificates and no others. */
  private static SSLContext context(String pem) throws GeneralSecurityException {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int count = 0;
      for (var each : CertificateFactory.getInstance("X.509")
          .generateCertificates(
              new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
        trusted.setCertificateEntry("broker" + count++, each);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException("no key store could be made", e);
    }
  }

  @Override
  public String toString() {
    return (tls instanceof NoTls ? "amqp://" : "amqps://")
        + user
        + '@'
        + host
        + ':'
        + port
        + '/'
        + (virtualHost.equals("/") ? "" : virtualHost);
  }
}
