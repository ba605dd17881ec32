// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.docs;

import io.hpclaunch.cli.Hpc;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Writes the man pages and the completions, from the commands' own model. */
public final class GenerateDocs {
  private GenerateDocs() {}

  /**
   * Writes everything.
   *
   * @param args the folder to write to
   * @throws IOException when it cannot be written to
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path pages = Files.createDirectories(folder.resolve("share/man/man1"));
    Path completions = Files.createDirectories(folder.resolve("completions"));
    try (Session session =
        new Session(Map.of(), folder, new Installation(null, false, false, ""))) {
      CommandLine hpc = Hpc.commandLine(session);
      write(pages.resolve("hpc.1"), ManPage.of(hpc.getCommandSpec()));
      for (CommandLine command : hpc.getSubcommands().values()) {
        CommandSpec spec = command.getCommandSpec();
        write(pages.resolve("hpc-" + spec.name() + ".1"), ManPage.of(spec));
      }
      write(completions.resolve("hpc"), AutoComplete.bash("hpc", hpc));
    }
    write(pages.resolve("hpc-launch.1"), resource("hpc-launch.1"));
    write(completions.resolve("hpc-launch"), resource("hpc-launch.bash"));
    write(completions.resolve("_hpc"), resource("_hpc.zsh"));
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = GenerateDocs.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
