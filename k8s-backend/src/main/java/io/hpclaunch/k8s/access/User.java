// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.k8s.access.Cluster.Credentials;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a user proves to be one. What stands in the kubeconfig itself goes before what a plugin
 * gives.
 *
 * @param credentials what requests carry
 * @param identity the client certificate of the moment, or null for none
 */
record User(Credentials credentials, Supplier<@Nullable Identity> identity) {
  private static final String CERTIFICATE = "client-certificate";
  private static final String KEY = "client-key";

  static User of(Section user, Server server, InstantSource clock) {
    refuseAuthProvider(user);
    Section exec = user.section("exec");
    ExecCredentials plugin =
        exec == null ? null : new ExecCredentials(ExecPlugin.of(exec, server), clock);
    Identity identity = identity(user);
    Credentials own = own(user);
    Credentials credentials = own != null ? own : plugin != null ? plugin : new Unchanging(null);
    Map<String, List<String>> actsAs = Impersonation.headers(user);
    return new User(
        actsAs.isEmpty() ? credentials : new Impersonation(credentials, actsAs),
        identity != null || own != null || plugin == null ? () -> identity : plugin::identity);
  }

  /** A token or a password; null where there is neither. */
  private static @Nullable Credentials own(Section user) {
    String token = user.text("token");
    Path tokenFile = user.path("tokenFile");
    String name = user.text("username");
    String password = user.text("password");
    boolean basic = name != null || password != null;
    if (basic && (token != null || tokenFile != null)) {
      throw user.error("token", "is given, and a username or password too: keep one of them");
    }
    if (basic) {
      return new Unchanging(basic(user.needed("username"), password == null ? "" : password));
    }
    if (tokenFile != null) {
      if (token == null && !Files.isReadable(tokenFile)) {
        throw user.error("tokenFile", tokenFile + " is not there, or not readable");
      }
      return new FileToken(tokenFile, token);
    }
    return token == null ? null : new Unchanging(Bearer.of(token.strip(), user.where("token")));
  }

  private static String basic(String name, String password) {
    byte[] both = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private static @Nullable Identity identity(Section user) {
    String certificate = user.content(CERTIFICATE);
    String key = user.content(KEY);
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null) {
      throw user.error(KEY, "is given, but no " + CERTIFICATE);
    }
    if (key == null) {
      throw user.error(CERTIFICATE, "is given, but no " + KEY);
    }
    return Identity.of(
        new Pem(certificate, user.source(CERTIFICATE)), new Pem(key, user.source(KEY)));
  }

  private static void refuseAuthProvider(Section user) {
    Section provider = user.section("auth-provider");
    if (provider == null) {
      return;
    }
    String name = String.valueOf(provider.text("name"));
    String instead = switch (name) {
      case "gcp" ->
        "was removed from Kubernetes in 1.26: install gke-gcloud-auth-plugin and run 'gcloud"
            + " container clusters get-credentials'";
      case "azure" ->
        "was removed from Kubernetes in 1.26: install kubelogin and run 'kubelogin"
            + " convert-kubeconfig'";
      case "oidc" -> "is not supported: use an exec plugin such as 'kubectl oidc-login'";
      default -> "is not supported: use its exec plugin";
    };
    throw user.error("auth-provider", "'" + name + "' " + instead);
  }

  /** The same for every request; null for nobody, or for one whom a certificate proves. */
  private static final class Unchanging implements Credentials {
    private final Optional<String> authorization;

    Unchanging(@Nullable String authorization) {
      this.authorization = Optional.ofNullable(authorization);
    }

    @Override
    public Optional<String> authorization() {
      return authorization;
    }

    @Override
    public void refused() {
      // There is no other.
    }
  }
}
