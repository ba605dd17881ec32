// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * As much of a Kubernetes as one job needs, in this process: it takes a job, and tells that it has
 * completed. Asking it loads what TLS, HTTP and the plugin need: more classes than all other
 * commands together.
 */
final class TrainingCluster implements AutoCloseable {
  private static final String PASSWORD = "training"; // of a key that guards nothing
  private static final String LIST =
      "{\"metadata\": {\"resourceVersion\": \"1\"}, \"items\": [%s]}";
  private static final String COMPLETE = "{\"startTime\": \"2026-01-01T00:00:00Z\","
      + " \"completionTime\": \"2026-01-01T00:00:01Z\", \"succeeded\": 1,"
      + " \"conditions\": [{\"type\": \"Complete\", \"status\": \"True\"}]}";
  private static final String SUCCEEDED = "{\"phase\": \"Succeeded\", \"containerStatuses\":"
      + " [{\"name\": \"main\", \"state\": {\"terminated\": {\"exitCode\": 0,"
      + " \"startedAt\": \"2026-01-01T00:00:00Z\", \"finishedAt\": \"2026-01-01T00:00:01Z\"}}}]}";

  private final Path kubeconfig;
  private final SSLServerSocket server;
  private volatile JsonObject job = new JsonObject();

  private TrainingCluster(Path kubeconfig, SSLServerSocket server) {
    this.kubeconfig = kubeconfig;
    this.server = server;
  }

  /**
   * Starts it, with a key of its own.
   *
   * @param folder for its files
   */
  static TrainingCluster start(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyStore keys = keys(folder.resolve("training.p12"));
    KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    ours.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory theirs =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    theirs.init(keys);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
    SSLServerSocket server = (SSLServerSocket)
        tls.getServerSocketFactory().createServerSocket(0, 0, InetAddress.getLoopbackAddress());
    server.setWantClientAuth(true);
    Path kubeconfig =
        Files.writeString(folder.resolve("kubeconfig"), kubeconfig(keys, server.getLocalPort()));
    TrainingCluster cluster = new TrainingCluster(kubeconfig, server);
    start(cluster::accept);
    return cluster;
  }

  private static KeyStore keys(Path file)
      throws IOException, GeneralSecurityException, InterruptedException {
    Process keytool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            PASSWORD,
            "-keyalg",
            "RSA",
            "-dname",
            "CN=training",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "1",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    if (!keytool.waitFor(1, TimeUnit.MINUTES)) {
      keytool.destroyForcibly();
    }
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static String kubeconfig(KeyStore keys, int port) throws GeneralSecurityException {
    String certificate = pem("CERTIFICATE", keys.getCertificate(PASSWORD).getEncoded());
    String key =
        pem("PRIVATE KEY", keys.getKey(PASSWORD, PASSWORD.toCharArray()).getEncoded());
    return String.join(
        "\n",
        "apiVersion: v1",
        "kind: Config",
        "current-context: c",
        "contexts: [{name: c, context: {cluster: c, user: u}}]",
        "clusters:",
        "- name: c",
        "  cluster:",
        "    server: https://127.0.0.1:" + port,
        "    certificate-authority-data: " + certificate,
        "users:",
        "- name: u",
        "  user:",
        "    client-certificate-data: " + certificate,
        "    client-key-data: " + key,
        "");
  }

  private static String pem(String what, byte[] bytes) {
    String text = "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes)
        + "\n-----END " + what + "-----\n";
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "training");
    thread.setDaemon(true);
    thread.start();
  }

  /** The file that leads here. */
  Path kubeconfig() {
    return kubeconfig;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        byte[] body = in.readNBytes(length(head));
        byte[] answer = answer(head, body).getBytes(StandardCharsets.UTF_8);
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + answer.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
        out.write(answer);
        out.flush();
      }
    } catch (IOException e) {
      return; // the client has gone
    }
  }

  /** Up to the empty line; empty at the end. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.US_ASCII);
  }

  private static int length(String head) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }

  private String answer(String head, byte[] body) {
    if (head.startsWith("POST ")) {
      JsonObject posted =
          JsonParser.parseString(new String(body, StandardCharsets.UTF_8)).getAsJsonObject();
      job = posted;
      return posted.toString();
    }
    String name = name();
    if (head.contains("/pods?")) {
      return String.format(
          LIST,
          "{\"metadata\": {\"name\": \"" + name + "-x\", \"labels\": {\"job-name\": \"" + name
              + "\"}}, \"status\": " + SUCCEEDED + "}");
    }
    if (!head.contains("/jobs/" + name)) {
      return String.format(LIST, "");
    }
    JsonObject ended = job.deepCopy();
    ended.add("status", JsonParser.parseString(COMPLETE));
    return ended.toString();
  }

  private String name() {
    JsonObject metadata = job.getAsJsonObject("metadata");
    return metadata == null ? "" : metadata.get("name").getAsString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
