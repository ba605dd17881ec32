// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys. Java takes PKCS #8 only: the older forms, PKCS #1 (RFC 8017, A.1.2) and SEC 1
 * (RFC 5915), are put into its envelope (RFC 5208, 5).
 */
final class PrivateKeys {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  /** The tag of the curve in SEC 1. */
  private static final int CURVE = 0xA0;

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  /** 1.2.840.113549.1.1.1 and its parameters, NULL. */
  private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");

  /** 1.2.840.10045.2.1; the curve follows. */
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private final Pem pem;
  private byte @Nullable [] curve;

  private PrivateKeys(Pem pem) {
    this.pem = pem;
  }

  /** The first private key. */
  static PrivateKey read(Pem pem) {
    return new PrivateKeys(pem).first();
  }

  private PrivateKey first() {
    for (Pem.Block block : pem.blocks()) {
      if (block.label().equals("EC PARAMETERS")) {
        curve = pem.bytes(block);
      } else if (block.label().endsWith("PRIVATE KEY")) {
        return key(block);
      }
    }
    throw pem.error("holds no private key in PEM");
  }

  private PrivateKey key(Pem.Block block) {
    if (block.isEncrypted()) {
      throw pem.error("is an encrypted key, and nobody could be asked for its password: decrypt it"
          + " with 'openssl pkey'");
    }
    byte[] bytes = pem.bytes(block);
    return switch (block.label()) {
      case "PRIVATE KEY" -> decoded(bytes);
      case "RSA PRIVATE KEY" -> decoded(pkcs8(RSA, bytes));
      case "EC PRIVATE KEY" -> decoded(pkcs8(concatenated(EC, curve(bytes)), bytes));
      default -> throw pem.error("is a " + block + ", which is not supported: use RSA or EC");
    };
  }

  private PrivateKey decoded(byte[] pkcs8) {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java has no " + algorithm, e);
      } catch (InvalidKeySpecException e) {
        // It is a key of another algorithm, or broken.
      }
    }
    throw unusable();
  }

  private InvalidConfiguration unusable() {
    return pem.error("is a broken key, or of a kind or curve that this Java does not know: use RSA,"
        + " P-256, P-384 or P-521");
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return der(SEQUENCE, concatenated(VERSION_0, der(SEQUENCE, algorithm), der(OCTETS, key)));
  }

  /** The curve within a SEC 1 key, or from the block of parameters in front of it. */
  private byte[] curve(byte[] sec1) {
    try {
      ByteBuffer fields = value(ByteBuffer.wrap(sec1), SEQUENCE);
      while (fields.hasRemaining()) {
        int tag = fields.get(fields.position()) & 0xFF;
        ByteBuffer field = value(fields, tag);
        if (tag == CURVE) {
          byte[] found = new byte[field.remaining()];
          field.get(found);
          return found;
        }
      }
    } catch (RuntimeException e) {
      throw unusable(); // it ends before its lengths say so
    }
    if (curve == null) {
      throw unusable();
    }
    return curve;
  }

  /** Steps over a value and gives its content. */
  private static ByteBuffer value(ByteBuffer in, int tag) {
    if ((in.get() & 0xFF) != tag) {
      throw new IllegalArgumentException("another tag");
    }
    int length = in.get() & 0xFF;
    if (length >= 0x80) {
      int bytes = length - 0x80;
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = (length << 8) | (in.get() & 0xFF);
      }
    }
    ByteBuffer content = in.slice(in.position(), length);
    in.position(in.position() + length);
    return content;
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(content.length).array();
      int zeros = Integer.numberOfLeadingZeros(content.length) / Byte.SIZE;
      out.write(0x80 + Integer.BYTES - zeros);
      out.writeBytes(Arrays.copyOfRange(length, zeros, Integer.BYTES));
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] concatenated(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
