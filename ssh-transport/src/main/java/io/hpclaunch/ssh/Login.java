// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.jspecify.annotations.Nullable;

/**
 * One login to one host: which keys are tried, in OpenSSH's order: those of the agent that the user
 * has named, the agent's others, then files that the agent does not have. A file is read, and its
 * passphrase asked for, only when its turn comes.
 */
final class Login {
  static final String PASSPHRASE = "HPC_SSH_PASSPHRASE";

  private final Target target;
  private final Surroundings surroundings;
  private final Map<Path, KeyPair> opened;
  private final List<KeyFile> files;
  private final List<PublicKey> ofAgent = new ArrayList<>();
  private final List<String> tried = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private @Nullable String refusal;

  /**
   * Begins one.
   *
   * @param opened keys that were read before, so that nobody is asked for a passphrase twice
   */
  Login(Target target, Surroundings surroundings, Map<Path, KeyPair> opened) {
    this.target = target;
    this.surroundings = surroundings;
    this.opened = opened;
    this.files = target.identities().stream().map(KeyFile::new).toList();
  }

  Target target() {
    return target;
  }

  /** Why the host's key is not accepted, or null when it is, or was not seen. */
  synchronized @Nullable String refusal() {
    return refusal;
  }

  /** Whether the host's key is the host's. */
  synchronized boolean believes(PublicKey key) {
    try {
      refusal = new KnownHosts(target).refusal(key).orElse(null);
    } catch (IOException e) {
      refusal = "its key cannot be looked up, or written down: " + OneLine.of(e);
    }
    return refusal == null;
  }

  /** Connects to the agent; null where there is none, which is no error. */
  @Nullable Agent agent() {
    if (target.agent() == null) {
      return null;
    }
    try {
      return Agent.connect(target.agent(), this::choose);
    } catch (IOException | RuntimeException e) {
      trouble("the agent at " + target.agent() + " cannot be asked: " + OneLine.of(e));
      return null;
    }
  }

  private synchronized List<Map.Entry<PublicKey, String>> choose(
      List<Map.Entry<PublicKey, String>> all) {
    List<Map.Entry<PublicKey, String>> chosen = new ArrayList<>();
    for (KeyFile file : files) {
      Optional<PublicKey> key = file.publicKey();
      all.stream()
          .filter(
              entry -> key.filter(k -> KeyUtils.compareKeys(k, entry.getKey())).isPresent())
          .forEach(chosen::add);
    }
    if (!target.identitiesOnly()) {
      all.stream().filter(entry -> !chosen.contains(entry)).forEach(chosen::add);
    }
    chosen.forEach(entry -> ofAgent.add(entry.getKey()));
    if (!chosen.isEmpty()) {
      tried.add("the agent's " + chosen.size() + (chosen.size() == 1 ? " key" : " keys"));
    }
    return chosen;
  }

  /** The keys in files, read one after the other. */
  Iterable<KeyPair> keyPairs() {
    return () -> new Iterator<>() {
      private final Iterator<KeyFile> rest = files.iterator();
      private @Nullable KeyPair next;

      @Override
      public boolean hasNext() {
        while (next == null && rest.hasNext()) {
          next = load(rest.next());
        }
        return next != null;
      }

      @Override
      public KeyPair next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        KeyPair pair = next;
        next = null;
        return pair;
      }
    };
  }

  private @Nullable KeyPair load(KeyFile file) {
    Optional<PublicKey> key = file.publicKey();
    if (key.isPresent() && agentHas(key.get())) {
      return null;
    }
    try {
      KeyPair pair = opened.get(file.path());
      if (pair == null) {
        pair = file.load(() -> passphrase(file));
        opened.put(file.path(), pair);
      }
      tried(file.path().toString());
      return pair;
    } catch (IOException e) {
      trouble(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private synchronized boolean agentHas(PublicKey key) {
    return ofAgent.stream().anyMatch(k -> KeyUtils.compareKeys(k, key));
  }

  private Optional<String> passphrase(KeyFile file) {
    String known = surroundings.environment().get(PASSPHRASE);
    return known != null
        ? Optional.of(known)
        : surroundings.prompt().apply("Passphrase of " + file.path() + ": ");
  }

  private synchronized void tried(String what) {
    tried.add(what);
  }

  private synchronized void trouble(String what) {
    troubles.add(what);
  }

  /** What was tried in vain, and what to do about it. */
  synchronized String failure() {
    StringBuilder text = new StringBuilder();
    if (tried.isEmpty()) {
      text.append(troubles.isEmpty() ? "there is no key to log in with" : "no key could be used");
    } else {
      text.append("it lets nobody in as ")
          .append(target.user())
          .append(" with ")
          .append(String.join(", ", tried));
    }
    troubles.forEach(trouble -> text.append("; ").append(trouble));
    if (troubles.isEmpty()) {
      text.append(": check user and key_path, and that the public key is in authorized_keys there");
    }
    return text.toString();
  }
}
