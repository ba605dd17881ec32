// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A context that takes each connection's engine from the context of that moment. */
final class EngineContext extends SSLContextSpi {
  private final Supplier<SSLContext> present;
  private final @Nullable String serverName;

  private EngineContext(Supplier<SSLContext> present, @Nullable String serverName) {
    this.present = present;
    this.serverName = serverName;
  }

  /**
   * Makes a context.
   *
   * @param present gives the context of the moment
   * @param serverName the name by which servers are asked and verified, or null for their
   *     addresses'
   */
  static SSLContext of(Supplier<SSLContext> present, @Nullable String serverName) {
    EngineContext engines = new EngineContext(present, serverName);
    return new SSLContext(engines, present.get().getProvider(), "TLS") {};
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    SSLContext context = present.get();
    return serverName == null
        ? context.createSSLEngine(host, port)
        : new NamedEngine(context.createSSLEngine(serverName, port), serverName);
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    throw new UnsupportedOperationException("for known servers only");
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("it is made already");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    throw new UnsupportedOperationException("engines only");
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw new UnsupportedOperationException("engines only");
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return present.get().getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return present.get().getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return present.get().getDefaultSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return present.get().getSupportedSSLParameters();
  }
}
