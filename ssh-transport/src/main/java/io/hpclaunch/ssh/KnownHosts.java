// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that hosts are known by: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. Authorities are not
 * asked: no certificate of a host is ever taken for its key.
 */
final class KnownHosts {
  private static final Logger log = LoggerFactory.getLogger(KnownHosts.class);
  private static final Object WRITING = new Object();
  private static final String REVOKED = "revoked";

  private final Target target;

  KnownHosts(Target target) {
    this.target = target;
  }

  /** A line that names this host; the key as it stands there, in base 64. */
  private record Line(Path file, int number, String marker, String type, String key) {
    String place() {
      return file + ":" + number;
    }
  }

  /** The types of the keys that it is known by, so that it is asked for one of them. */
  Set<String> types() throws IOException {
    Set<String> types = new TreeSet<>();
    for (Line line : lines()) {
      if (line.marker().isEmpty()) {
        types.add(line.type());
      }
    }
    return types;
  }

  /**
   * Checks a host's key.
   *
   * @return why it is refused, in one line, or empty when it is the host's; one that is believed
   *     because new ones are is known from now on
   */
  Optional<String> refusal(PublicKey key) throws IOException {
    String[] words = PublicKeyEntry.toString(key).split(" ", 3);
    String type = words[0];
    String shown = words[1];
    List<Line> lines = lines();
    for (Line line : lines) {
      if (line.marker().equals(REVOKED) && line.key().equals(shown)) {
        return Optional.of(
            "its key %s was revoked in %s".formatted(fingerprint(shown), line.place()));
      }
    }
    List<Line> known = lines.stream().filter(line -> line.marker().isEmpty()).toList();
    if (known.stream().anyMatch(line -> line.key().equals(shown))) {
      return Optional.empty();
    }
    if (!known.isEmpty()) {
      return Optional.of(changed(known, type, shown));
    }
    if (!target.acceptNew()) {
      return Optional.of(unknown(type, shown));
    }
    append(words[0] + " " + words[1]);
    log.warn(
        "{} is new: its {} key {} is written to {}",
        target.knownName(),
        type,
        fingerprint(shown),
        target.knownHosts().get(0));
    return Optional.empty();
  }

  private String changed(List<Line> known, String type, String shown) {
    Line line = known.stream().filter(l -> l.type().equals(type)).findFirst().orElse(known.get(0));
    return ("its key has changed, or somebody else answers in its place: it shows the %s key %s,"
            + " and %s knows the %s key %s; if it was really changed, run ssh-keygen -R '%s' -f %s")
        .formatted(
            type,
            fingerprint(shown),
            line.place(),
            line.type(),
            fingerprint(line.key()),
            target.knownName(),
            line.file());
  }

  private String unknown(String type, String shown) {
    String keyscan = "ssh-keyscan"
        + (target.port() == Target.DEFAULT_PORT ? "" : " -p " + target.port())
        + " " + target.hostName();
    return ("it is not known: compare its %s key %s with what its administrators say, then add the"
            + " line of '%s' to %s, or set accept_new: true")
        .formatted(type, fingerprint(shown), keyscan, target.knownHosts().get(0));
  }

  private List<Line> lines() throws IOException {
    List<Line> found = new ArrayList<>();
    for (Path file : target.knownHosts()) {
      if (Files.isRegularFile(file)) {
        List<String> all = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
            .lines()
            .toList();
        for (int i = 0; i < all.size(); i++) {
          Line line = parse(file, i + 1, all.get(i).strip());
          if (line != null) {
            found.add(line);
          }
        }
      }
    }
    return found;
  }

  /** Null for a line that is about another host, or about none. */
  private @Nullable Line parse(Path file, int number, String text) {
    if (text.isEmpty() || text.startsWith("#")) {
      return null;
    }
    try {
      KnownHostEntry entry = KnownHostEntry.parseKnownHostEntry(text);
      AuthorizedKeyEntry key = entry.getKeyEntry();
      int port = target.keyAlias() == null ? target.port() : Target.DEFAULT_PORT;
      String name = target.keyAlias() == null ? target.hostName() : target.keyAlias();
      if (!entry.isHostMatch(name, port)) {
        return null;
      }
      String marker = Objects.requireNonNullElse(entry.getMarker(), "");
      return new Line(
          file,
          number,
          marker,
          key.getKeyType(),
          Base64.getEncoder().encodeToString(key.getKeyData()));
    } catch (RuntimeException e) {
      log.debug("{}:{} is not understood", file, number, e);
      return null;
    }
  }

  /** One at a time: a file that another thread has locked cannot be waited for. */
  private void append(String key) throws IOException {
    synchronized (WRITING) {
      appendAlone(key);
    }
  }

  private void appendAlone(String key) throws IOException {
    Path file = target.knownHosts().get(0);
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    try (FileChannel out = FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      out.lock(); // until it is closed
      ByteBuffer last = ByteBuffer.allocate(1);
      boolean broken = out.size() > 0 && out.read(last, out.size() - 1) == 1 && last.get(0) != '\n';
      String line = (broken ? "\n" : "") + target.knownName() + " " + key + "\n";
      out.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)), out.size());
    }
  }

  /** As ssh-keygen -l prints it. */
  private static String fingerprint(String key) {
    try {
      byte[] bytes = Base64.getDecoder().decode(key);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
