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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/**
 * Writes the man pages and the shell completions. Those of {@code hpc} come from its commands'
 * model; those of {@code hpc-launch}, which parses without picocli, are kept as files beside this
 * class. The same commands give the same bytes.
 */
public final class GenerateDocs {
  private static final String VERSION_MARK = "@SOURCE@";

  private final Path folder;
  private final String source;

  private GenerateDocs(Path folder, String source) {
    this.folder = folder;
    this.source = source;
  }

  /**
   * Writes {@code share/man/man1} and {@code completions}.
   *
   * @param args the folder to write to; it is made where it is missing
   * @throws IOException when it cannot be written
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("one argument is needed: the folder to write to");
    }
    String version = GenerateDocs.class.getPackage().getImplementationVersion();
    write(Path.of(args[0]), version);
  }

  /**
   * Writes all files.
   *
   * @param folder where to
   * @param version the version that the pages name, or null for none
   * @throws IOException when the folder cannot be written
   */
  static void write(Path folder, @Nullable String version) throws IOException {
    String source = version == null ? "hpc-launch" : "hpc-launch " + version;
    try (Session session = new Session(Map.of(), folder, Installation.NONE)) {
      CommandLine hpc = Hpc.commandLine(session);
      sortOptions(hpc);
      GenerateDocs docs = new GenerateDocs(folder, source);
      docs.manPages(hpc);
      docs.completions(hpc);
    }
  }

  /** Reflection finds annotated methods in another order in each JVM. */
  private static void sortOptions(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    List<OptionSpec> options = new ArrayList<>(spec.options());
    options.sort(Comparator.comparing(OptionSpec::longestName));
    options.forEach(spec::remove);
    for (OptionSpec option : options) {
      // One that is handed down would be added to the sub-commands again.
      spec.addOption(option.toBuilder().scopeType(ScopeType.LOCAL).build());
    }
    command.getSubcommands().values().forEach(GenerateDocs::sortOptions);
  }

  private void manPages(CommandLine hpc) throws IOException {
    CommandSpec root = hpc.getCommandSpec();
    manPage(root, resource("hpc-ending.1"));
    String ending = new Roff()
        .section("EXIT STATUS, ENVIRONMENT AND FILES")
        .markup("As in " + Roff.bold("hpc") + "(1).")
        .section("SEE ALSO")
        .markup(Roff.bold("hpc") + "(1), " + Roff.bold("hpc-launch") + "(1)")
        .toString();
    for (CommandLine command : hpc.getSubcommands().values()) {
      manPage(command.getCommandSpec(), ending);
    }
    String launch = resource("hpc-launch.1").replace(VERSION_MARK, Roff.escape(source));
    write("share/man/man1/hpc-launch.1", launch);
  }

  private void manPage(CommandSpec command, String ending) throws IOException {
    String page = ManPage.of(command, source, ending);
    write("share/man/man1/" + ManPage.name(command) + ".1", page);
  }

  private void completions(CommandLine hpc) throws IOException {
    write("completions/hpc", AutoComplete.bash("hpc", hpc));
    write("completions/hpc-launch", resource("hpc-launch.bash"));
    write("completions/_hpc", resource("_hpc.zsh"));
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent(), file));
    Files.writeString(path, text);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = GenerateDocs.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
