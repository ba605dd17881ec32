// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a launcher wants to be run. The process that asked for the plan sets the environment, makes
 * the files and becomes the first word of the command line.
 *
 * @param argv the command line, at least one word
 * @param set variables to set
 * @param unset variables to unset
 * @param files files to make, which {@link Word.FilePath} names by their index
 * @since 0.1
 */
public record LaunchPlan(
    List<Word> argv, Map<String, String> set, Set<String> unset, List<LaunchFile> files) {
  /**
   * Copies the collections and refuses what no environment can carry.
   *
   * @throws InvalidJob when a variable to set has no name, or holds NUL
   */
  public LaunchPlan {
    argv = List.copyOf(argv);
    set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    for (Map.Entry<String, String> variable : set.entrySet()) {
      checkVariable(variable.getKey(), variable.getValue());
    }
    unset = Collections.unmodifiableSet(new LinkedHashSet<>(unset));
    files = List.copyOf(files);
  }

  /**
   * A file that exists only for this launch and is gone when the launcher has it open.
   *
   * @param content words that are written one behind the other, with nothing between them
   */
  public record LaunchFile(List<Word> content) {
    /** Copies the list. */
    public LaunchFile {
      content = List.copyOf(content);
    }
  }

  /**
   * The line that MPI's launchers read: {@code exec default_options [options] pre_options program},
   * and with several segments {@code exec global_options default_options {local_options [options]
   * pre_options program} : {…}}. Placeholders in options are replaced; the program's words are not
   * touched. The settings' variables are set.
   *
   * @param exec the first word
   * @param context settings and topology
   * @param segments the programs, at least one
   * @return the plan
   * @throws InvalidJob when there are more ranks than an int counts
   */
  public static LaunchPlan line(String exec, LaunchContext context, List<Segment> segments) {
    LaunchSettings settings = context.settings();
    LineBuilder line = new LineBuilder(context);
    line.words.add(Word.of(exec));
    int total = totalRanks(segments);
    boolean several = segments.size() > 1;
    if (several) {
      line.options(texts(settings.globalOptions()), total);
    }
    line.options(texts(settings.defaultOptions()), total);
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (i > 0) {
        line.words.add(Word.of(":"));
      }
      if (several) {
        line.options(texts(settings.localOptions()), segment.ranks());
      }
      line.options(segment.options(), segment.ranks());
      line.options(texts(settings.preOptions()), segment.ranks());
      line.words.addAll(segment.program());
    }
    return new LaunchPlan(line.words, settings.variables(), Set.of(), List.of());
  }

  private static int totalRanks(List<Segment> segments) {
    long total = 0;
    for (Segment segment : segments) {
      total += segment.ranks();
    }
    if (total > Integer.MAX_VALUE) {
      throw new InvalidJob(total + " ranks are more than " + Integer.MAX_VALUE);
    }
    return (int) total;
  }

  private static void checkVariable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw new InvalidJob("'" + name + "' is not the name of a variable");
    }
    if (value.indexOf('\0') >= 0) {
      throw new InvalidJob("NUL in variable " + name + ": no program can be given that");
    }
  }

  /**
   * This plan with further variables. One that is set here, or in the environment of the launcher,
   * keeps its value.
   *
   * @param variables names and values
   * @param context the environment
   * @return the plan
   */
  public LaunchPlan withDefaults(Map<String, String> variables, LaunchContext context) {
    Map<String, String> all = new LinkedHashMap<>(set);
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      if (context.environment(variable.getKey()) == null) {
        all.putIfAbsent(variable.getKey(), variable.getValue());
      }
    }
    return new LaunchPlan(argv, all, unset, files);
  }

  private static List<Word> texts(Collection<String> options) {
    List<Word> words = new ArrayList<>(options.size());
    for (String option : options) {
      words.add(Word.of(option));
    }
    return words;
  }

  /** Collects words; asks for the topology only when a placeholder needs it. */
  private static final class LineBuilder {
    private final List<Word> words = new ArrayList<>();
    private final LaunchContext context;

    private LineBuilder(LaunchContext context) {
      this.context = context;
    }

    void options(List<Word> options, int ranks) {
      boolean placeholders = false;
      for (Word option : options) {
        placeholders |= option.text().indexOf('%') >= 0;
      }
      words.addAll(
          placeholders ? Placeholders.replace(options, context.topology().layout(ranks)) : options);
    }
  }
}
