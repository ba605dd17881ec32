// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's API server, and who asks it.
 *
 * @param server its address, without a slash at the end
 * @param tls whom to trust and how to prove who asks; null for plain HTTP
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

  /** Who asks. Tokens expire: each request takes the present one. */
  public interface Credentials {
    /**
     * The token of the next request.
     *
     * @return the token, or empty where a certificate or nobody asks
     * @throws io.hpclaunch.api.BackendUnavailable when none can be had now
     */
    Optional<String> token();

    /** The server refused the token: the next one is to be asked for anew. */
    void refused();
  }
}
