// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in every form that openssl writes. */
class PrivateKeysTest {
  @TempDir
  static Path folder;

  private static OpenSsl openssl;

  @BeforeAll
  static void keys() throws Exception {
    openssl = OpenSsl.in(folder);
    openssl.run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rsa");
    openssl.run("rsa", "-in", "rsa", "-traditional", "-out", "rsa.pkcs1");
    openssl.run(
        "rsa",
        "-in",
        "rsa",
        "-traditional",
        "-aes128",
        "-passout",
        "pass:x",
        "-out",
        "rsa.pkcs1.encrypted");
    openssl.run("pkcs8", "-topk8", "-in", "rsa", "-passout", "pass:x", "-out", "rsa.encrypted");
    for (String curve : new String[] {"P-256", "P-384", "P-521"}) {
      openssl.run(
          "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", curve);
      openssl.run("ec", "-in", curve, "-out", curve + ".sec1");
    }
    openssl.run("ecparam", "-genkey", "-name", "prime256v1", "-out", "P-256.parameters");
    openssl.run("genpkey", "-algorithm", "ED25519", "-out", "ed25519");
  }

  private static String text(String name) throws IOException {
    return Files.readString(openssl.file(name));
  }

  private static PrivateKey read(String name) throws IOException {
    return PrivateKeys.read(new Pem(text(name), name));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, PRIVATE KEY, RSA, rsa",
    "rsa.pkcs1, RSA PRIVATE KEY, RSA, rsa",
    "P-256, PRIVATE KEY, EC, P-256",
    "P-256.sec1, EC PRIVATE KEY, EC, P-256",
    "P-384.sec1, EC PRIVATE KEY, EC, P-384",
    "P-521.sec1, EC PRIVATE KEY, EC, P-521",
    "P-256.parameters, EC PARAMETERS, EC, P-256.parameters",
    "ed25519, PRIVATE KEY, EdDSA, ed25519",
  })
  void everyFormIsRead(String file, String label, String algorithm, String same)
      throws IOException {
    assertThat(text(file)).contains("-----BEGIN " + label + "-----");
    assertThat(read(file).getAlgorithm()).isEqualTo(algorithm);
    assertThat(numbers(read(file))).isEqualTo(numbers(read(same)));
  }

  /** What makes a key: Java compares how it was written too. */
  private static List<?> numbers(PrivateKey key) {
    if (key instanceof ECPrivateKey ec) {
      return List.of(ec.getS(), ec.getParams().getCurve());
    }
    return List.of(key);
  }

  @Test
  void aCurveMayStandInFrontOfItsKeyOnly() throws IOException {
    // The same key twice, with the curve within and without: RFC 5915 leaves it away.
    byte[] whole =
        HexFormat.of().parseHex("30310201010420" + "01".repeat(32) + "a00a06082a8648ce3d030107");
    byte[] bare = HexFormat.of().parseHex("30250201010420" + "01".repeat(32));
    String parameters = block("EC PARAMETERS", HexFormat.of().parseHex("06082a8648ce3d030107"));
    PrivateKey within = PrivateKeys.read(new Pem(block("EC PRIVATE KEY", whole), "within"));
    PrivateKey before =
        PrivateKeys.read(new Pem(parameters + block("EC PRIVATE KEY", bare), "before"));
    assertThat(numbers(before)).isEqualTo(numbers(within));
    assertThatThrownBy(() -> PrivateKeys.read(new Pem(block("EC PRIVATE KEY", bare), "none")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("none is a broken key");
  }

  private static String block(String label, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(bytes), label);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa.encrypted", "rsa.pkcs1.encrypted"})
  void nobodyCanBeAskedForAPassword(String file) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(file + " is an encrypted key")
        .hasMessageContaining("openssl pkey");
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no private key in PEM",
    "-----BEGIN PRIVATE KEY-----, has a block of PEM without its end",
    "-----BEGIN PRIVATE KEY, has a block of PEM without its end",
    "-----BEGIN PRIVATE KEY-----QUJD!-----END PRIVATE KEY-----, has a PRIVATE KEY that is not base64",
    "-----BEGIN PRIVATE KEY-----QUJD-----END PRIVATE KEY-----, is a broken key",
    "-----BEGIN RSA PRIVATE KEY-----QUJD-----END RSA PRIVATE KEY-----, is a broken key",
    "-----BEGIN EC PRIVATE KEY-----MP//-----END EC PRIVATE KEY-----, is a broken key",
    "-----BEGIN EC PRIVATE KEY----------END EC PRIVATE KEY-----, is a broken key",
    "-----BEGIN DSA PRIVATE KEY-----QUJD-----END DSA PRIVATE KEY-----, is a DSA PRIVATE KEY",
    "-----BEGIN CERTIFICATE-----QUJD-----END CERTIFICATE-----, holds no private key in PEM",
  })
  void whatIsNoKeyIsTold(String text, String message) {
    assertThatThrownBy(() -> PrivateKeys.read(new Pem(text, "the key")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("the key " + message)
        .hasMessageNotContaining("QUJD");
  }
}
