// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Certificates and keys in a folder, made by the command openssl as a site would make them. */
final class OpenSsl {
  private static final int SECONDS = 60;

  private final Path folder;

  private OpenSsl(Path folder) {
    this.folder = folder;
  }

  static OpenSsl in(Path folder) throws IOException, InterruptedException {
    boolean there;
    try {
      there = new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      there = false;
    }
    Assumptions.assumeTrue(there, "this machine has no openssl");
    return new OpenSsl(folder);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  String base64(String name) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(file(name)));
  }

  void run(String... arguments) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("openssl"));
    argv.addAll(List.of(arguments));
    Path log = file("openssl.log");
    Process process = new ProcessBuilder(argv)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0)
        .as("%s: %s", argv, Files.readString(log))
        .isTrue();
  }

  /** A key on P-256 in PKCS #8, and a certificate that it has signed itself. */
  void authority(String name) throws IOException, InterruptedException {
    run(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".crt");
  }

  /**
   * A key and a certificate that an authority has signed.
   *
   * @param name of the files, and the common name
   * @param names further names in openssl's words, {@code DNS:a,IP:127.0.0.1}; empty for none
   * @param newKey openssl's words for the key
   */
  void certificate(String authority, String name, String names, String... newKey)
      throws IOException, InterruptedException {
    List<String> request = new ArrayList<>(List.of(
        "req",
        "-new",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr",
        "-newkey"));
    request.addAll(List.of(newKey));
    run(request.toArray(String[]::new));
    Files.writeString(
        file(name + ".ext"),
        names.isEmpty() ? "extendedKeyUsage=clientAuth\n" : "subjectAltName=" + names + "\n");
    run(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        authority + ".crt",
        "-CAkey",
        authority + ".key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        name + ".ext",
        "-out",
        name + ".crt");
  }
}
