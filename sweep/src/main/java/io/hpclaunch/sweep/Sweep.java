// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program and the combinations of values that it is to run with, as a file defines them;
 * docs/sweep.md describes the file. Immutable.
 *
 * @since 0.1
 */
public final class Sweep {
  /** How many combinations can be looked through where conditions leave some out. */
  private static final int MOST_LOOKED_AT = 10_000_000;

  private static final int MOST = 999_999_999;

  private final String source;
  private final String text;
  private final Path folder;
  private final SweepReader.Definition definition;
  private final @Nullable Integer maxRuns;
  private @Nullable Combinations combinations;

  private Sweep(
      String source,
      String text,
      Path folder,
      SweepReader.Definition definition,
      @Nullable Integer maxRuns) {
    this.source = source;
    this.text = text;
    this.folder = folder;
    this.definition = definition;
    this.maxRuns = maxRuns;
  }

  private static Sweep read(String source, String text, Path folder) {
    SweepReader.Definition definition = SweepReader.read(text, source);
    Sweep sweep = new Sweep(source, text, folder, definition, definition.maxRuns());
    if (definition.command() != null) {
      sweep.command();
    }
    return sweep;
  }

  private Combinations expanded() {
    boolean limited = maxRuns != null && maxRuns > 0;
    int limit = maxRuns != null && maxRuns > 0 ? Math.min(maxRuns, MOST) : MOST;
    BigInteger product = BigInteger.ONE;
    for (Axis axis : definition.axes()) {
      product = product.multiply(BigInteger.valueOf(axis.size()));
    }
    int most = definition.excluded().isEmpty() ? MOST : MOST_LOOKED_AT;
    boolean isTooLarge = product.compareTo(BigInteger.valueOf(most)) > 0;
    if (isTooLarge && (!limited || !definition.excluded().isEmpty())) {
      throw new InvalidConfiguration(source + ": the sweep has " + product
          + " combinations; at most " + most + " are taken"
          + (definition.excluded().isEmpty() ? "" : " where there are conditions")
          + ": narrow it, or set max_runs");
    }
    long count = isTooLarge ? limit : product.longValueExact();
    return Combinations.of(definition.axes(), count, limit, definition.excluded());
  }

  /**
   * Reads a definition.
   *
   * @param file YAML
   * @return the sweep
   * @throws InvalidConfiguration when the file cannot be read, or is wrong; the message names file,
   *     line and key
   */
  public static Sweep load(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      return read(file.toString(), Files.readString(file), folder == null ? Path.of("/") : folder);
    } catch (NoSuchFileException e) {
      throw new InvalidConfiguration("there is no sweep " + file, e);
    } catch (MalformedInputException e) {
      throw new InvalidConfiguration(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be read: " + StateFolder.words(e), e);
    }
  }

  /**
   * Reads a definition's text.
   *
   * @param text YAML
   * @param source what messages call it
   * @param folder from which relative paths count
   * @return the sweep
   * @throws InvalidConfiguration when it is wrong
   */
  public static Sweep parse(String text, String source, Path folder) {
    return read(source, text, folder);
  }

  /**
   * The same with another limit.
   *
   * @param runs the first so many combinations; 0 for all
   * @return a sweep
   */
  public Sweep maxRuns(int runs) {
    if (runs < 0) {
      throw new InvalidConfiguration("the most runs must be 0 or more, not " + runs);
    }
    return new Sweep(source, text, folder, definition, runs);
  }

  /**
   * The combinations in order; each is made when it is asked for.
   *
   * @return the combinations, the last parameter varying fastest; one empty combination where there
   *     are no parameters
   * @throws InvalidConfiguration when there are more than can be submitted, and no limit takes some
   */
  public synchronized List<Combination> combinations() {
    Combinations all = combinations;
    if (all == null) {
      all = expanded();
      combinations = all;
    }
    return all;
  }

  /**
   * The parameters.
   *
   * @return their names, in the order of the definition
   */
  public List<String> parameters() {
    Set<String> names = new LinkedHashSet<>();
    definition.axes().forEach(axis -> names.addAll(axis.names()));
    return new ArrayList<>(names);
  }

  /**
   * Submits the sweep, in a new folder below {@code sweeps}. Needs no more than the configuration
   * gives.
   *
   * @param backend where to
   * @param mode how
   * @return the sweep on disk
   * @throws InvalidConfiguration when the sweep has no command or no combination
   * @throws io.hpclaunch.api.HpcException as {@link Backend#submit}
   */
  public SweepRun submit(Backend backend, Mode mode) {
    return submit(backend, SweepOptions.builder().mode(mode).build());
  }

  /**
   * Submits the sweep.
   *
   * @param backend where to
   * @param options how, and under which name
   * @return the sweep on disk
   * @throws InvalidConfiguration when the sweep has no command or no combination, or its name is
   *     taken
   * @throws io.hpclaunch.api.HpcException as {@link Backend#submit}
   */
  public SweepRun submit(Backend backend, SweepOptions options) {
    return SweepRun.start(this, backend, options);
  }

  String text() {
    return text;
  }

  String source() {
    return source;
  }

  Path folder() {
    return folder;
  }

  /** Where relative paths of the command count from; null where the definition names none. */
  @Nullable Path projectDirectory() {
    String given = definition.projectDirectory();
    return given == null ? null : folder.resolve(given).normalize();
  }

  Map<String, String> environment() {
    return definition.environment();
  }

  /** The container that tasks run in; null where the definition names no image. */
  @Nullable ContainerSpec container() {
    String image = definition.image();
    return image == null ? null : ContainerSpec.image(image).build();
  }

  List<String> modules() {
    return definition.modules();
  }

  List<String> prologue() {
    return definition.prologue();
  }

  /** What is run, checked against the parameters. */
  CommandTemplate command() {
    Object command = Optional.ofNullable(definition.command())
        .orElseThrow(() -> new InvalidConfiguration(source
            + ": the sweep says nothing of what to run: write command: [python, train.py,"
            + " \"{args}\"], or script_path"));
    CommandTemplate template = new CommandTemplate(command);
    template.check(parameters(), source);
    return template;
  }
}
