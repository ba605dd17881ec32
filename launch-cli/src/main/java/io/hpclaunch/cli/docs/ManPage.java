// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.docs;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's manual page in the language of man(7), from the command's own descriptions. */
final class ManPage {
  private static final String COMMON = """
      .SH ENVIRONMENT
      .TP
      .B HPC_CONFIG
      A configuration file that takes the place of the search.
      .TP
      .B HPC_PROFILE
      A profile of the configuration.
      .TP
      .B HPC_STATE_DIR
      The state folder; else $XDG_STATE_HOME/hpc\\-launch, else ~/.local/state/hpc\\-launch.
      .TP
      .B HPC_PLUGIN_PATH
      Jars, and folders of jars, to look for plugins in, divided by colons.
      .SH EXIT STATUS
      .TP
      .B 0
      All is well.
      .TP
      .B 1
      A problem was found, or an error that should be reported.
      .TP
      .B 2
      Wrong usage or configuration, or an unknown name.
      .TP
      .B 3
      The backend refused, or cannot be reached.
      """;

  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /**
   * Writes the page of a command, with those of its sub-commands as sections when it is no
   * first-level one.
   *
   * @param command the command
   * @return the page
   */
  static String of(CommandSpec command) {
    ManPage page = new ManPage();
    page.write(command);
    return page.page.toString();
  }

  private void write(CommandSpec command) {
    String name = command.qualifiedName("-");
    line(".TH " + name.toUpperCase(Locale.ROOT).replace("-", "\\-") + " 1 \"\" hpc\\-launch");
    section("NAME");
    line(escape(name) + " \\- " + description(command.usageMessage().description()));
    section("SYNOPSIS");
    synopsis(command);
    section("DESCRIPTION");
    line(description(command.usageMessage().description()));
    arguments(command);
    for (CommandLine sub : command.subcommands().values()) {
      CommandSpec spec = sub.getCommandSpec();
      section("COMMAND " + spec.qualifiedName(" ").toUpperCase(Locale.ROOT));
      line(description(spec.usageMessage().description()));
      if (command.parent() != null) {
        synopsis(spec);
        arguments(spec);
      } else {
        line("See");
        line(".BR " + escape(spec.qualifiedName("-")) + " (1).");
      }
    }
    page.append(COMMON);
    section("SEE ALSO");
    line(command.parent() == null ? ".BR hpc\\-launch (1)" : ".BR hpc (1), hpc\\-launch (1)");
  }

  private void synopsis(CommandSpec command) {
    line(".B " + escape(command.qualifiedName(" ")));
    line("[OPTIONS]" + (command.subcommands().isEmpty() ? "" : " COMMAND"));
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      line(escape(parameter.paramLabel()));
    }
  }

  private void arguments(CommandSpec command) {
    List<OptionSpec> options = command.options();
    if (options.isEmpty() && command.positionalParameters().isEmpty()) {
      return;
    }
    section("OPTIONS");
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      argument(parameter.paramLabel(), parameter);
    }
    for (OptionSpec option : options) {
      if (!option.hidden()) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        argument(String.join(", ", option.names()) + value, option);
      }
    }
  }

  private void argument(String head, ArgSpec argument) {
    line(".TP");
    line(".B " + escape(head));
    line(description(argument.description()));
  }

  private void section(String title) {
    line(".SH \"" + escape(title) + "\"");
  }

  private static String description(String[] lines) {
    return escape(String.join(" ", lines).replace("%n", " ").replace("%%", "%"));
  }

  /**
   * groff_char(7): a hyphen of an option is {@code \-}, a line must not begin with a dot or quote.
   */
  private static String escape(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private void line(String text) {
    page.append(text).append('\n');
  }
}
