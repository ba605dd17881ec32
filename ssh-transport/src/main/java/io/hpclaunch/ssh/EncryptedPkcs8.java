// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A private key in PKCS #8 that is encrypted (RFC 5958), as OpenSSL writes it and {@code ssh-keygen
 * -m PKCS8}. Java can decrypt it; MINA SSHD reads it only when it is decrypted.
 */
final class EncryptedPkcs8 {
  private static final String BEGIN = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
  private static final String END = "-----END ENCRYPTED PRIVATE KEY-----";

  private EncryptedPkcs8() {}

  /** Whether a key file holds one. */
  static boolean isIn(byte[] file) {
    String text = new String(file, ISO_8859_1);
    return text.contains(BEGIN) && text.contains(END);
  }

  /**
   * The same file with the key decrypted.
   *
   * @param file one that {@linkplain #isIn holds} such a key
   * @throws GeneralSecurityException when the passphrase is wrong
   * @throws IOException when the file is damaged
   */
  static byte[] decrypted(byte[] file, String passphrase)
      throws IOException, GeneralSecurityException {
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(content(file));
    AlgorithmParameters parameters = info.getAlgParameters();
    // Of PBES2 (RFC 8018) only the parameters know the algorithms, and tell them as text.
    String algorithm =
        info.getAlgName().equals("PBES2") ? parameters.toString() : info.getAlgName();
    PBEKeySpec secret = new PBEKeySpec(passphrase.toCharArray());
    try {
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
          parameters);
      byte[] key = info.getKeySpec(cipher).getEncoded();
      String text = Base64.getMimeEncoder().encodeToString(key);
      return ("-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n")
          .getBytes(ISO_8859_1);
    } finally {
      secret.clearPassword();
    }
  }

  private static byte[] content(byte[] file) {
    String text = new String(file, ISO_8859_1);
    return Base64.getMimeDecoder()
        .decode(text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END)));
  }
}
