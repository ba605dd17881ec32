// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A client certificate and its key.
 *
 * @param chain the certificate, then those that signed it, as far as they are known
 * @param key its private key
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {

  Identity {
    chain = List.copyOf(chain);
  }

  /** Reads both, and sees that they belong together. */
  static Identity of(Pem certificates, Pem keys) {
    Identity identity = new Identity(certificates.certificates(), PrivateKeys.read(keys));
    if (!identity.matches()) {
      throw new InvalidConfiguration(
          keys.source() + " is not the key of the certificate in " + certificates.source());
    }
    return identity;
  }

  private boolean matches() {
    PublicKey certified = chain.get(0).getPublicKey();
    String algorithm = switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> "EdDSA";
    };
    byte[] words = "whose key is this".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(words);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(words);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // not even of the same kind
    }
  }

  /** Never the key. */
  @Override
  public String toString() {
    return chain.get(0).getSubjectX500Principal().getName();
  }
}
