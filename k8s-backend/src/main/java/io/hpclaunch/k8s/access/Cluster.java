// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's API server, and who asks it.
 *
 * @param server its address, without a slash at the end
 * @param tls whom to trust and how to prove who asks, which each connection looks up when it
 *     begins; null for plain HTTP
 * @param credentials what each request carries
 * @param namespace the context's namespace, or null
 * @param proxy an HTTP proxy on the way, or null
 * @param origin where this comes from, for messages: {@code context lab of /home/u/.kube/config}
 */
public record Cluster(
    URI server,
    @Nullable SSLContext tls,
    Credentials credentials,
    @Nullable String namespace,
    @Nullable URI proxy,
    String origin) {

  /** Who asks. Tokens expire: each request takes what is present. */
  public interface Credentials {
    /**
     * The value of the next request's {@code Authorization} header. Asked before each request, also
     * where a certificate proves who asks: it is here that a credential is renewed.
     *
     * @return a whole value, {@code Bearer …} or {@code Basic …}; empty where a certificate or
     *     nobody asks
     * @throws io.hpclaunch.api.BackendUnavailable when none can be had now
     */
    Optional<String> authorization();

    /**
     * The other headers of each request: the names to act as ({@code Impersonate-User},
     * {@code Impersonate-Group} …). A request without them would act with other rights.
     *
     * @return each header with its values, in order
     */
    default Map<String, List<String>> headers() {
      return Map.of();
    }

    /**
     * The server refused what it was given: the next one is to be asked for anew. A connection that
     * stands goes on with the client certificate that it began with, so that the next request wants
     * a new HTTP client.
     */
    void refused();
  }

  /**
   * Begins a request that carries what proves who asks.
   *
   * @param path the path and query below the server's address, with its first slash
   * @return the request, to be completed
   * @throws io.hpclaunch.api.BackendUnavailable when no credential can be had now
   */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
    credentials.authorization().ifPresent(value -> request.header("Authorization", value));
    credentials.headers().forEach((name, values) -> values.forEach(v -> request.header(name, v)));
    return request;
  }
}
