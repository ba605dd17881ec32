// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Text with blocks of PEM (RFC 7468, and RFC 1421 for the header of encrypted keys).
 *
 * @param text the text
 * @param source where it comes from, for messages
 */
record Pem(String text, String source) {
  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";

  /**
   * A block.
   *
   * @param label what stands behind BEGIN: {@code CERTIFICATE}
   * @param body what stands between the lines BEGIN and END
   */
  record Block(String label, String body) {
    boolean isEncrypted() {
      return label.startsWith("ENCRYPTED ") || body.contains("4,ENCRYPTED");
    }

    /** Never the body. */
    @Override
    public String toString() {
      return label;
    }
  }

  List<Block> blocks() {
    List<Block> all = new ArrayList<>();
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
      String label = labelEnd < 0 ? "" : text.substring(begin + BEGIN.length(), labelEnd);
      int end = text.indexOf("-----END " + label + DASHES, begin);
      if (labelEnd < 0 || end < 0) {
        throw error("has a block of PEM without its end");
      }
      all.add(new Block(label, text.substring(labelEnd + DASHES.length(), end)));
      begin = text.indexOf(BEGIN, end);
    }
    return all;
  }

  byte[] bytes(Block block) {
    try {
      return Base64.getDecoder().decode(block.body().replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw error("has a " + block + " that is not base64"); // whose error would quote it
    }
  }

  /** All certificates, in their order; there is one at least. */
  List<X509Certificate> certificates() {
    List<X509Certificate> all = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks()) {
        if (block.label().equals("CERTIFICATE")) {
          all.add((X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(bytes(block))));
        }
      }
    } catch (CertificateException e) {
      throw new InvalidConfiguration(source + " has a broken certificate", e);
    }
    if (all.isEmpty()) {
      throw error("holds no certificate in PEM");
    }
    return all;
  }

  InvalidConfiguration error(String message) {
    return new InvalidConfiguration(source + " " + message);
  }

  /** Never the text. */
  @Override
  public String toString() {
    return source;
  }
}
