// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The man page of one command of {@code hpc}. All words about it come from picocli's model. */
final class ManPage {
  private final CommandSpec spec;
  private final Roff page = new Roff();

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** The name of a command's page: {@code hpc-config} for {@code hpc config}. */
  static String name(CommandSpec spec) {
    return spec.qualifiedName("-");
  }

  /**
   * Renders a page.
   *
   * @param spec the command
   * @param source what the foot of the page names, such as {@code hpc-launch 0.1.0}
   * @param ending sections in roff that the model has no place for
   * @return the page
   */
  static String of(CommandSpec spec, String source, String ending) {
    return new ManPage(spec).render(source, ending);
  }

  private String render(String source, String ending) {
    page.title(name(spec).toUpperCase(Locale.ROOT), source);
    page.section("NAME").text(name(spec) + " - " + summary(description(spec).get(0)));
    page.section("SYNOPSIS");
    synopses(spec);
    page.section("DESCRIPTION");
    paragraphs(description(spec));
    options("OPTIONS", false);
    options("COMMON OPTIONS", true);
    if (!spec.subcommands().isEmpty()) {
      page.section("COMMANDS");
      for (CommandLine command : spec.subcommands().values()) {
        command(command.getCommandSpec());
      }
    }
    return page.raw(ending).toString();
  }

  private void synopses(CommandSpec command) {
    if (command.subcommands().isEmpty() || command == command.root()) {
      page.markup(synopsis(command));
    }
    if (command != command.root()) {
      for (CommandLine sub : command.subcommands().values()) {
        synopses(sub.getCommandSpec());
        page.lineBreak();
      }
    }
  }

  private static String synopsis(CommandSpec command) {
    StringBuilder line = new StringBuilder(Roff.bold(command.qualifiedName()));
    line.append(" [").append(Roff.italic("OPTIONS")).append(']');
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      line.append(' ').append(Roff.italic(parameter.paramLabel()));
    }
    if (!command.subcommands().isEmpty()) {
      line.append(' ').append(Roff.italic("COMMAND"));
    }
    return line.toString();
  }

  /** A command of the overview has a page of its own; any other is told here as a whole. */
  private void command(CommandSpec command) {
    if (spec == spec.root()) {
      page.tagged().markup(Roff.bold(name(command)) + "(1)");
      page.text(description(command).get(0));
      return;
    }
    page.subsection(command.qualifiedName());
    paragraphs(description(command));
    arguments(command, false);
  }

  private void options(String heading, boolean inherited) {
    boolean any = spec.options().stream().anyMatch(o -> !o.hidden() && o.inherited() == inherited)
        || (!inherited && !spec.positionalParameters().isEmpty());
    if (any) {
      page.section(heading);
      arguments(spec, inherited);
    }
  }

  private void arguments(CommandSpec command, boolean inherited) {
    if (!inherited) {
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        argument(parameter, Roff.italic(parameter.paramLabel()));
      }
    }
    for (OptionSpec option : command.options()) {
      if (option.inherited() == inherited) {
        argument(option, tag(option));
      }
    }
  }

  private void argument(ArgSpec argument, String tag) {
    if (!argument.hidden()) {
      page.tagged().markup(tag);
      page.text(String.join(" ", plain(argument.description())));
    }
  }

  private static String tag(OptionSpec option) {
    List<String> names = new ArrayList<>();
    for (String name : option.names()) {
      names.add(Roff.bold(name));
    }
    String value = option.arity().max() == 0 ? "" : " " + Roff.italic(option.paramLabel());
    return String.join(", ", names) + value;
  }

  private void paragraphs(List<String> paragraphs) {
    for (int i = 0; i < paragraphs.size(); i++) {
      if (i > 0) {
        page.paragraph();
      }
      page.text(paragraphs.get(i));
    }
  }

  private static List<String> description(CommandSpec command) {
    List<String> paragraphs = plain(command.usageMessage().description());
    if (paragraphs.isEmpty()) {
      throw new IllegalStateException(command.qualifiedName() + " has no description");
    }
    return paragraphs;
  }

  /** Resolves picocli's markup and formats. */
  private static List<String> plain(String[] lines) {
    List<String> plain = new ArrayList<>();
    for (String line : lines) {
      plain.add(Ansi.OFF.string(String.format(line)).strip());
    }
    return plain;
  }

  /** {@code List the backends.} becomes {@code list the backends}, as the section NAME has it. */
  private static String summary(String sentence) {
    String open = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    return open.substring(0, 1).toLowerCase(Locale.ROOT) + open.substring(1);
  }
}
