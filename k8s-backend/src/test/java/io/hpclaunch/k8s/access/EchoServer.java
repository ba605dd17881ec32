// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;

/** A TLS server on the loopback that answers who asked, by which name, and for what. */
final class EchoServer implements AutoCloseable {
  private final HttpsServer server;

  /**
   * Starts it.
   *
   * @param identity its own certificate
   * @param authority who signs clients
   * @param protocol the only version of TLS
   */
  EchoServer(Identity identity, Pem authority, String protocol)
      throws IOException, GeneralSecurityException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    server = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(identity, authority)) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters tls = getSSLContext().getDefaultSSLParameters();
        tls.setProtocols(new String[] {protocol});
        tls.setWantClientAuth(true);
        parameters.setSSLParameters(tls);
      }
    });
    server.createContext("/", EchoServer::answer);
    server.start();
  }

  private static SSLContext context(Identity identity, Pem authority)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "server", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keyFactory = KeyManagerFactory.getInstance("PKIX");
    keyFactory.init(keys, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", authority.certificates().get(0));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyFactory.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    ExtendedSSLSession session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
    String client;
    try {
      client = session.getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      client = "nobody";
    }
    List<String> names = session.getRequestedServerNames().stream()
        .map(name -> ((SNIHostName) name).getAsciiName())
        .toList();
    StringBuilder answer = new StringBuilder();
    answer.append(client).append(" asks ").append(names).append(" for ");
    answer.append(exchange.getRequestURI()).append('\n');
    for (String header : Set.of("Authorization", "Impersonate-User", "Impersonate-Group")) {
      List<String> values = exchange.getRequestHeaders().get(header);
      if (values != null) {
        answer.append(header).append(": ").append(values).append('\n');
      }
    }
    byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Its address by this host's name. */
  URI address(String host) {
    return URI.create("https://" + host + ":" + server.getAddress().getPort());
  }

  /** One request, by a client of its own. */
  static String ask(Cluster cluster, String path) throws IOException, InterruptedException {
    SSLContext tls = cluster.tls();
    HttpClient.Builder client = HttpClient.newBuilder();
    HttpClient ready = tls == null ? client.build() : client.sslContext(tls).build();
    return ready
        .send(cluster.request(path).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
