// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a cluster: whom we trust, and what we show. Each client certificate has a context of
 * its own: a session that is resumed would go on with the certificate that it began with.
 */
final class Tls {
  private final TrustManager @Nullable [] trust;
  private final Supplier<@Nullable Identity> identity;
  private @Nullable Identity shown;
  private SSLContext context;

  private Tls(TrustManager @Nullable [] trust, Supplier<@Nullable Identity> identity) {
    this.trust = trust;
    this.identity = identity;
    this.shown = identity.get();
    this.context = context(trust, shown);
  }

  /**
   * Makes a context.
   *
   * @param server whose authority counts; without one, those that Java trusts
   * @param identity the client certificate of the moment, which a new connection shows
   */
  static SSLContext context(Server server, Supplier<@Nullable Identity> identity) {
    return EngineContext.of(new Tls(trust(server), identity)::present, server.tlsServerName());
  }

  private synchronized SSLContext present() {
    Identity now = identity.get();
    if (!Objects.equals(now, shown)) {
      context = context(trust, now);
      shown = now;
    }
    return context;
  }

  private static SSLContext context(TrustManager @Nullable [] trust, @Nullable Identity identity) {
    KeyManager[] keys =
        identity == null ? new KeyManager[0] : new KeyManager[] {new ClientKeys(identity)};
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw noTls(e);
    }
  }

  private static IllegalStateException noTls(Exception cause) {
    return new IllegalStateException("this Java cannot do TLS: " + cause.getMessage(), cause);
  }

  private static TrustManager @Nullable [] trust(Server server) {
    if (server.unverified()) {
      return new TrustManager[] {new TrustsAll()};
    }
    Pem authority = server.authority();
    if (authority == null) {
      return null; // Java's own
    }
    List<X509Certificate> certificates = authority.certificates();
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("authority " + i, certificates.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw noTls(e);
    }
  }

  /**
   * For {@code insecure-skip-tls-verify}. The extended kind: only that one is left to decide about
   * the server's name too.
   */
  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      // The user said that nobody is to be checked.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      // The user said that nobody is to be checked.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // The user said that nobody is to be checked.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new UnsupportedOperationException("we are never the server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new UnsupportedOperationException("we are never the server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("we are never the server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
