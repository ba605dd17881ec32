// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program that gives credentials ("client-go credential plugins" in Kubernetes' documentation).
 * It inherits our environment, and has no terminal.
 */
final class ExecPlugin {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(60);
  private static final int LONGEST_WORDS = 300;
  private static final String GROUP = "client.authentication.k8s.io/";
  private static final String V1 = GROUP + "v1";
  private static final String V1BETA1 = GROUP + "v1beta1";

  private final Section exec;
  private final String apiVersion;
  private final Command command;

  /**
   * What it answers.
   *
   * @param authorization the value of the header, or null
   * @param identity a client certificate, or null
   * @param expires until when both count; null for as long as the server takes them
   */
  record Answer(
      @Nullable String authorization,
      @Nullable Identity identity,
      @Nullable Instant expires) {
    /** Never the token. */
    @Override
    public String toString() {
      return "credential until " + expires;
    }
  }

  private ExecPlugin(Section exec, String apiVersion, Command command) {
    this.exec = exec;
    this.apiVersion = apiVersion;
    this.command = command;
  }

  static ExecPlugin of(Section exec, Server server) {
    return of(exec, server, TIME_LIMIT);
  }

  static ExecPlugin of(Section exec, Server server, Duration limit) {
    String version = version(exec);
    refuseTerminal(exec, version);
    Map<String, String> environment = new LinkedHashMap<>();
    for (Section variable : exec.sections("env")) {
      String value = variable.text("value");
      environment.put(variable.needed("name"), value == null ? "" : value);
    }
    environment.put("KUBERNETES_EXEC_INFO", info(exec, version, server).toString());
    List<String> argv = new ArrayList<>();
    argv.add(program(exec));
    argv.addAll(exec.texts("args"));
    try {
      return new ExecPlugin(
          exec, version, Command.of(argv).withEnvironment(environment).withTimeout(limit));
    } catch (HpcException e) { // which names the argument or variable
      throw new InvalidConfiguration(exec + ": " + e.getMessage(), e);
    }
  }

  private static String version(Section exec) {
    String version = exec.needed("apiVersion");
    if (version.equals(GROUP + "v1alpha1")) {
      throw exec.error(
          "apiVersion",
          "v1alpha1 was removed from Kubernetes in 1.24: bring the plugin up to date, and have it"
              + " write its kubeconfig again, with " + V1);
    }
    if (!version.equals(V1) && !version.equals(V1BETA1)) {
      throw exec.error(
          "apiVersion", "'" + version + "' is not known; known are " + V1 + " and " + V1BETA1);
    }
    return version;
  }

  private static void refuseTerminal(Section exec, String version) {
    String mode = exec.text("interactiveMode");
    if (mode == null && version.equals(V1)) {
      throw exec.error("interactiveMode", "is missing, which v1 needs: write IfAvailable or Never");
    }
    if ("Always".equals(mode)) {
      throw exec.error(
          "interactiveMode",
          "is Always, and plugins have no terminal here: log in with kubectl first and write"
              + " IfAvailable, or use a plugin that does not ask");
    }
    if (mode != null && !mode.equals("IfAvailable") && !mode.equals("Never")) {
      throw exec.error(
          "interactiveMode", "'" + mode + "' is not known; known are Never, IfAvailable, Always");
    }
  }

  /** With a slash, it counts from the kubeconfig's folder; otherwise PATH is searched. */
  private static String program(Section exec) {
    String command = exec.needed("command");
    return command.contains("/") ? String.valueOf(exec.path("command")) : command;
  }

  private static JsonObject info(Section exec, String version, Server server) {
    JsonObject spec = new JsonObject();
    if (exec.flag("provideClusterInfo")) {
      spec.add("cluster", cluster(server));
    }
    spec.addProperty("interactive", false);
    JsonObject info = new JsonObject();
    info.addProperty("kind", "ExecCredential");
    info.addProperty("apiVersion", version);
    info.add("spec", spec);
    return info;
  }

  private static JsonObject cluster(Server server) {
    JsonObject cluster = new JsonObject();
    cluster.addProperty("server", server.address().toString());
    if (server.tlsServerName() != null) {
      cluster.addProperty("tls-server-name", server.tlsServerName());
    }
    if (server.unverified()) {
      cluster.addProperty("insecure-skip-tls-verify", true);
    }
    Pem authority = server.authority();
    if (authority != null) {
      byte[] bytes = authority.text().getBytes(StandardCharsets.UTF_8);
      cluster.addProperty("certificate-authority-data", Base64.getEncoder().encodeToString(bytes));
    }
    if (server.proxy() != null) {
      cluster.addProperty("proxy-url", server.proxy().toString());
    }
    if (server.execConfig() != null) {
      cluster.add("config", server.execConfig());
    }
    return cluster;
  }

  /**
   * Runs it.
   *
   * @throws InvalidConfiguration when it cannot be started, or answers what nobody can use
   * @throws BackendUnavailable when it has no credential now
   */
  Answer ask() {
    CommandResult result = run();
    if (result.status() != 0) {
      String words = lastLine(result.stderr());
      throw new BackendUnavailable("%s: '%s' ended with status %d%s"
          .formatted(exec, name(), result.status(), words.isEmpty() ? "" : ": " + words));
    }
    return answer(result.stdout());
  }

  private CommandResult run() {
    try {
      return new LocalTransport().run(command);
    } catch (CommandFailed e) {
      if (e.fate() == CommandFailed.Fate.NOT_STARTED) {
        String hint = exec.text("installHint");
        throw new InvalidConfiguration(
            exec + ": " + e.getMessage() + (hint == null ? "" : "; " + oneLine(hint)), e);
      }
      throw new BackendUnavailable(exec + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new BackendUnavailable(exec + ": '" + name() + "' failed: " + e.getMessage(), e);
    }
  }

  private String name() {
    return command.argv().get(0);
  }

  private static String lastLine(String text) {
    String last =
        text.lines().filter(line -> !line.isBlank()).reduce("", (a, b) -> b).strip();
    return last.length() > LONGEST_WORDS ? last.substring(0, LONGEST_WORDS) + "…" : last;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private Answer answer(String text) {
    Section answer =
        new Section(exec.file(), exec.name() + ": answer of '" + name() + "'", json(text));
    String version = answer.needed("apiVersion");
    if (!version.equals(apiVersion) || !"ExecCredential".equals(answer.text("kind"))) {
      throw answer.error(
          "apiVersion",
          "or kind is '%s', '%s', but '%s', 'ExecCredential' was asked"
              .formatted(version, answer.text("kind"), apiVersion));
    }
    Section status = answer.section("status");
    if (status == null) {
      throw answer.error("status", "is missing");
    }
    String token = status.text("token");
    Identity identity = identity(status);
    if (token == null && identity == null) {
      throw status.error("token", "is missing, and there is no clientCertificateData either");
    }
    return new Answer(
        token == null ? null : Bearer.of(token.strip(), status.where("token")),
        identity,
        expires(status));
  }

  private JsonObject json(String text) {
    try {
      JsonElement json = JsonParser.parseString(text);
      if (json instanceof JsonObject object) {
        return object;
      }
    } catch (JsonParseException e) {
      throw noJson(); // its cause would quote what may be a token
    }
    throw noJson();
  }

  private InvalidConfiguration noJson() {
    return new InvalidConfiguration(
        exec + ": '" + name() + "' did not print an ExecCredential in JSON");
  }

  private static @Nullable Identity identity(Section status) {
    String certificate = status.text("clientCertificateData");
    String key = status.text("clientKeyData");
    if (certificate == null && key == null) {
      return null;
    }
    return Identity.of(
        new Pem(status.needed("clientCertificateData"), status.where("clientCertificateData")),
        new Pem(status.needed("clientKeyData"), status.where("clientKeyData")));
  }

  private static @Nullable Instant expires(Section status) {
    String text = status.text("expirationTimestamp");
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw status.error("expirationTimestamp", "'" + text + "' is not a time as in RFC 3339");
    }
  }
}
