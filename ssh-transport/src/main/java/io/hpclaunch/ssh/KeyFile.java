// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** A private key on this machine, and the public one beside it. */
final class KeyFile {
  private final Path path;

  KeyFile(Path path) {
    this.path = path;
  }

  /** The file of the public key, as ssh-keygen names it. */
  static Path publicKeyOf(Path privateKey) {
    return Path.of(privateKey + ".pub");
  }

  Path path() {
    return path;
  }

  /** The public key, where it can be had without a passphrase. */
  Optional<PublicKey> publicKey() {
    PublicKey key = firstLine(publicKeyOf(path));
    // A public key may lie in place of the private one, to choose among an agent's.
    return Optional.ofNullable(key == null ? firstLine(path) : key);
  }

  private static @Nullable PublicKey firstLine(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      String line = lines.findFirst().orElse("-----");
      AuthorizedKeyEntry entry =
          line.startsWith("-----") ? null : AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
      return entry == null ? null : resolve(entry);
    } catch (IOException | RuntimeException e) {
      return null; // not there, or no public key
    }
  }

  private static @Nullable PublicKey resolve(AuthorizedKeyEntry entry) {
    try {
      return entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
    } catch (IOException | GeneralSecurityException e) {
      return null;
    }
  }

  /**
   * The private key.
   *
   * @param passphrase asked for when it is encrypted; empty where there is none to be had
   * @throws IOException when it cannot be read; the message says what to do
   */
  KeyPair load(Supplier<Optional<String>> passphrase) throws IOException {
    Passphrase asked = new Passphrase(passphrase);
    try {
      NamedResource name = NamedResource.ofName(path.toString());
      byte[] content = Files.readAllBytes(path);
      if (EncryptedPkcs8.isIn(content)) {
        String secret = asked.getPassword(null, name, 0);
        content = EncryptedPkcs8.decrypted(content, secret == null ? "" : secret);
      }
      Iterable<KeyPair> pairs =
          SecurityUtils.loadKeyPairIdentities(null, name, new ByteArrayInputStream(content), asked);
      Iterator<KeyPair> found = pairs == null ? null : pairs.iterator();
      if (found == null || !found.hasNext()) {
        throw new IOException(path + " is no private key that is known here");
      }
      return found.next();
    } catch (GeneralSecurityException | RuntimeException | IOException e) {
      throw new IOException(why(asked, e), e);
    }
  }

  private String why(Passphrase asked, Exception e) {
    if (asked.missing) {
      return path + " is encrypted: add it to an agent (ssh-add), or set HPC_SSH_PASSPHRASE";
    }
    if (asked.given) {
      return "the passphrase of " + path + " is wrong";
    }
    return e instanceof java.nio.file.AccessDeniedException
        ? path + " must not be read by this user"
        : path + " cannot be used: " + OneLine.of(e);
  }

  /** Remembers whether it was asked, and whether it knew an answer. */
  private static final class Passphrase implements FilePasswordProvider {
    private final Supplier<Optional<String>> source;
    private boolean missing;
    private boolean given;

    Passphrase(Supplier<Optional<String>> source) {
      this.source = source;
    }

    @Override
    public @Nullable String getPassword(
        org.apache.sshd.common.session.@Nullable SessionContext session,
        NamedResource resource,
        int retry) {
      Optional<String> secret = source.get();
      missing = secret.isEmpty();
      given = secret.isPresent();
      return secret.orElse(null);
    }
  }
}
