// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The agent's scripts, as this jar holds them. */
final class AgentScripts {
  private static final List<String> NAMES = List.of(
      "lib.bash",
      "ledger.bash",
      "cgroup.bash",
      "helper.bash",
      "reaper.bash",
      "agent.bash",
      "hpc-shell");
  private static final int VERSION_BYTES = 6;

  private AgentScripts() {}

  /** One file. */
  static final class Script {
    private final String name;
    private final byte[] content;

    private Script(String name, byte[] content) {
      this.name = name;
      this.content = content;
    }

    String name() {
      return name;
    }

    int size() {
      return content.length;
    }

    byte[] content() {
      return content.clone();
    }
  }

  /** Read when they are first needed. */
  private static final class Loaded {
    static final List<Script> SCRIPTS = read();
    static final String VERSION = digest(SCRIPTS);
  }

  /** All of them; {@code hpc-shell}, which needs the others, is the last. */
  static List<Script> all() {
    return Loaded.SCRIPTS;
  }

  /** A word that is the same for the same scripts only. */
  static String version() {
    return Loaded.VERSION;
  }

  private static List<Script> read() {
    List<Script> scripts = new ArrayList<>();
    for (String name : NAMES) {
      try (InputStream in = AgentScripts.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("this jar lacks " + name);
        }
        scripts.add(new Script(name, in.readAllBytes()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return List.copyOf(scripts);
  }

  private static String digest(List<Script> scripts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it: see MessageDigest
    }
    for (Script script : scripts) {
      digest.update((script.name + " " + script.size() + "\n").getBytes(StandardCharsets.UTF_8));
      digest.update(script.content);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
  }
}
