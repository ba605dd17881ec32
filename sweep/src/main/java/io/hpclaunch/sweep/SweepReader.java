// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.ClosestName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads a definition. It works on YAML's nodes, in which scalars still have the text that was
 * written.
 */
final class SweepReader {
  private static final List<String> OF_SWEEP =
      List.of("grid", "paired", "samples", "exclude", "max_runs");
  private static final List<String> OF_COMMAND = List.of(
      "command",
      "python_path",
      "script_path",
      "script",
      "project_dir",
      "image",
      "environment",
      "modules",
      "prologue");

  /** What other tools keep in the same file. */
  private static final List<String> OF_OTHERS = List.of("sweep", "defaults", "metadata", "name");

  private static final List<String> DISTRIBUTIONS =
      List.of("uniform", "loguniform", "integers", "choice");
  private static final List<String> COMPARISONS = List.of("lt", "le", "gt", "ge", "ne");
  private static final int MOST_ALIASES = 10_000;

  private final String source;

  private SweepReader(String source) {
    this.source = source;
  }

  /** Reads a definition's text. */
  static Definition read(String text, String source) {
    return new SweepReader(source).definition(text);
  }

  /** What a file says. */
  record Definition(
      List<Axis> axes,
      Exclusions excluded,
      @Nullable Integer maxRuns,
      @Nullable Object command,
      @Nullable String projectDirectory,
      @Nullable String image,
      Map<String, String> environment,
      List<String> modules,
      List<String> prologue) {}

  private Definition definition(String text) {
    Map<String, Node> root = root(text);
    Map<String, Node> all = new LinkedHashMap<>(root);
    if (root.get("sweep") instanceof MappingNode inner) {
      Map<String, Node> sweep = map(inner, "sweep");
      checkKeys(sweep, "sweep.", OF_SWEEP, OF_COMMAND);
      for (Map.Entry<String, Node> each : sweep.entrySet()) {
        if (all.put(each.getKey(), each.getValue()) != null) {
          throw error(each.getValue(), each.getKey() + " is written twice: in sweep and beside it");
        }
      }
    } else if (root.get("sweep") != null && !isNull(root.get("sweep"))) {
      throw error(root.get("sweep"), "sweep must be a map");
    }
    checkKeys(root, "", OF_SWEEP, OF_COMMAND, OF_OTHERS);
    List<Axis> axes = new ArrayList<>();
    flat(all.get("grid"), "grid")
        .forEach((name, values) -> axes.add(new Axis(List.of(name), List.of(values))));
    paired(all.get("paired"), axes);
    samples(all.get("samples"), axes);
    return new Definition(
        axes,
        exclusions(all.get("exclude"), axes),
        maxRuns(all.get("max_runs")),
        command(all),
        string(all.get("project_dir"), "project_dir"),
        string(all.get("image"), "image"),
        environment(all.get("environment")),
        strings(all.get("modules"), "modules"),
        strings(all.get("prologue"), "prologue"));
  }

  @SafeVarargs
  private void checkKeys(Map<String, Node> map, String prefix, List<String>... known) {
    List<String> all = new ArrayList<>();
    for (List<String> each : known) {
      all.addAll(each);
    }
    for (Map.Entry<String, Node> entry : map.entrySet()) {
      if (!all.contains(entry.getKey())) {
        String closest = ClosestName.of(entry.getKey(), all)
            .map(n -> "; did you mean " + n + "?")
            .orElse("; there are: " + String.join(", ", all));
        throw error(entry.getValue(), "unknown key " + prefix + entry.getKey() + closest);
      }
    }
  }

  // ---- YAML ------------------------------------------------------------------------------------

  private Map<String, Node> root(String text) {
    LoadSettings settings = LoadSettings.builder()
        .setLabel(source)
        .setSchema(new CoreSchema())
        .setMaxAliasesForCollections(MOST_ALIASES)
        .setCodePointLimit(Integer.MAX_VALUE)
        .build();
    try {
      Optional<Node> root = new Composer(
              settings, new ParserImpl(settings, new StreamReader(settings, text)))
          .getSingleNode();
      if (root.isEmpty() || isNull(root.get())) {
        return Map.of();
      }
      if (root.get() instanceof MappingNode map) {
        return map(map, "the definition");
      }
      throw error(root.get(), "a sweep must be a map");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      throw new InvalidConfiguration(source + ":" + line + ": is not YAML: " + oneLine(e), e);
    } catch (YamlEngineException e) {
      throw new InvalidConfiguration(source + ": is not YAML: " + oneLine(e), e);
    } catch (StackOverflowError e) {
      throw new InvalidConfiguration(source + ": is nested too deeply", e);
    }
  }

  private static String oneLine(YamlEngineException e) {
    String problem = e instanceof MarkedYamlEngineException marked
        ? marked.getProblem()
        : String.valueOf(e.getMessage());
    return problem.replace('\n', ' ').strip();
  }

  private Map<String, Node> map(MappingNode yaml, String path) {
    if (yaml.isRecursive()) {
      throw error(yaml, path + " contains itself");
    }
    Map<String, Node> map = new LinkedHashMap<>();
    for (NodeTuple tuple : yaml.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key) || key.getValue().isEmpty()) {
        throw error(tuple.getKeyNode(), "a key of " + path + " must be text");
      }
      if (map.put(key.getValue(), tuple.getValueNode()) != null) {
        throw error(key, "key " + key.getValue() + " of " + path + " is written twice");
      }
    }
    return map;
  }

  private static boolean isNull(@Nullable Node node) {
    return node == null || node.getTag().equals(Tag.NULL);
  }

  private InvalidConfiguration error(@Nullable Node node, String message) {
    int line =
        node == null ? 0 : node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    return new InvalidConfiguration(source + (line == 0 ? "" : ":" + line) + ": " + message);
  }

  private Value value(Node node, String path) {
    if (node.isRecursive()) {
      throw error(node, path + " contains itself");
    }
    if (node instanceof SequenceNode list) {
      List<Value> items = new ArrayList<>();
      list.getValue().forEach(item -> items.add(value(item, path)));
      return new Value.Items(items);
    }
    if (node instanceof MappingNode map) {
      Map<String, Value> fields = new LinkedHashMap<>();
      map(map, path).forEach((name, item) -> fields.put(name, value(item, path)));
      return new Value.Fields(fields);
    }
    return scalar((ScalarNode) node, path);
  }

  private Value scalar(ScalarNode node, String path) {
    Tag tag = node.getTag();
    String text = node.getValue();
    if (text.indexOf(0) >= 0) {
      throw error(node, path + " holds a NUL, which no program can be given");
    }
    if (tag.equals(Tag.NULL)) {
      return new Value.Scalar(Value.Kind.NULL, "null");
    }
    if (tag.equals(Tag.BOOL)) {
      return new Value.Scalar(Value.Kind.BOOL, text.equalsIgnoreCase("true") ? "true" : "false");
    }
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return new Value.Scalar(Value.Kind.NUMBER, text);
    }
    if (!tag.equals(Tag.STR)) {
      throw error(node, path + ": tag " + tag.getValue() + " has no meaning here");
    }
    return Value.of(text);
  }

  // ---- grid and pairs --------------------------------------------------------------------------

  /** Parameters and their values, nested maps as dotted names. */
  private Map<String, List<Value>> flat(@Nullable Node node, String path) {
    Map<String, List<Value>> all = new LinkedHashMap<>();
    if (isNull(node)) {
      return all;
    }
    if (!(node instanceof MappingNode map)) {
      throw error(node, path + " must be a map of parameters and their values");
    }
    flatten(map, "", path, all);
    return all;
  }

  private void flatten(MappingNode node, String prefix, String path, Map<String, List<Value>> all) {
    map(node, path).forEach((key, value) -> {
      String name = prefix + key;
      String where = path + "." + key;
      if (value instanceof MappingNode inner && computed(inner, where) == null) {
        if (inner.getValue().isEmpty()) {
          throw error(value, where + " is an empty map");
        }
        flatten(inner, name + ".", where, all);
      } else if (all.putIfAbsent(name, values(value, where)) != null) {
        throw error(value, "parameter " + name + " is written twice");
      }
    });
  }

  private List<Value> values(Node node, String path) {
    if (node instanceof MappingNode map) {
      List<Value> range = computed(map, path);
      if (range != null) {
        return range;
      }
    }
    if (!(node instanceof SequenceNode list)) {
      throw error(
          node, path + " must be a list of values, not a single one: write [" + brief(node) + "]");
    }
    if (list.getValue().isEmpty()) {
      throw error(node, path + " is an empty list: nothing would run");
    }
    List<Value> values = new ArrayList<>();
    list.getValue().forEach(item -> values.add(value(item, path)));
    return values;
  }

  private static String brief(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "…";
  }

  /** Null where the map is not one of the ranges. */
  private @Nullable List<Value> computed(MappingNode node, String path) {
    Map<String, Node> map = map(node, path);
    String word = map.size() == 1 ? map.keySet().iterator().next() : "";
    if (!Ranges.WORDS.contains(word)) {
      return null;
    }
    List<BigDecimal> numbers = numbers(map.get(word), path + "." + word);
    String fault = Ranges.fault(word, numbers);
    if (fault != null) {
      throw error(node, path + "." + word + " " + fault);
    }
    List<Value> values = Ranges.values(word, numbers);
    if (values.isEmpty()) {
      throw error(node, path + "." + word + " is empty: nothing would run");
    }
    return values;
  }

  private List<BigDecimal> numbers(@Nullable Node node, String path) {
    List<BigDecimal> numbers = new ArrayList<>();
    if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        numbers.add(number(item, path));
      }
      return numbers;
    }
    throw error(node, path + " must be a list of numbers");
  }

  private BigDecimal number(Node node, String path) {
    Value value = value(node, path);
    BigDecimal number = value instanceof Value.Scalar scalar && scalar.isFinite()
        ? Numbers.decimal(scalar.text())
        : null;
    if (number == null) {
      throw error(node, path + ": " + value.text() + " is not a number");
    }
    return number;
  }

  private void paired(@Nullable Node node, List<Axis> axes) {
    if (isNull(node)) {
      return;
    }
    if (!(node instanceof SequenceNode list)) {
      throw error(node, "paired must be a list of groups");
    }
    int number = 0;
    for (Node item : list.getValue()) {
      String path = "paired[" + number++ + "]";
      if (!(item instanceof MappingNode groups)) {
        throw error(item, path + " must be a map of groups");
      }
      Map<String, List<Value>> together = new LinkedHashMap<>();
      map(groups, path)
          .forEach((group, params) -> flat(params, path + "." + group).forEach((name, values) -> {
            if (together.putIfAbsent(name, values) != null) {
              throw error(params, path + "." + group + ": " + name + " is paired twice");
            }
          }));
      if (together.isEmpty()) {
        continue;
      }
      Set<Integer> lengths = new LinkedHashSet<>();
      together.values().forEach(values -> lengths.add(values.size()));
      if (lengths.size() > 1) {
        throw error(
            item,
            path + ": lists that advance together must have equal lengths, found "
                + lengths(together));
      }
      axes.add(new Axis(List.copyOf(together.keySet()), List.copyOf(together.values())));
    }
  }

  private static String lengths(Map<String, List<Value>> together) {
    List<String> all = new ArrayList<>();
    together.forEach((name, values) -> all.add(name + ": " + values.size()));
    return String.join(", ", all);
  }

  // ---- samples ---------------------------------------------------------------------------------

  private void samples(@Nullable Node node, List<Axis> axes) {
    if (isNull(node)) {
      return;
    }
    if (!(node instanceof MappingNode map)) {
      throw error(node, "samples must be a map");
    }
    Map<String, Node> keys = map(map, "samples");
    checkKeys(keys, "samples.", List.of("count", "seed", "method", "parameters"));
    int count = count(keys.get("count"), node);
    Node seed = keys.get("seed");
    long start = seed == null ? 0 : whole(seed, "samples.seed");
    boolean latin = method(keys.get("method"));
    if (!(keys.get("parameters") instanceof MappingNode parameters)) {
      throw error(
          node, "samples.parameters must be a map of parameters and what they are drawn" + " from");
    }
    Map<String, Samples.Distribution> all = new LinkedHashMap<>();
    distributions(parameters, "", "samples.parameters", all);
    for (String name : all.keySet()) {
      if (axes.stream().anyMatch(axis -> axis.names().contains(name))) {
        throw error(parameters, "parameter " + name + " is sampled, and stands elsewhere too");
      }
    }
    if (!all.isEmpty()) {
      axes.add(new Axis(
          List.copyOf(all.keySet()), Samples.draw(List.copyOf(all.values()), count, start, latin)));
    }
  }

  private int count(@Nullable Node node, Node place) {
    if (node == null) {
      throw error(place, "samples.count is missing");
    }
    long count = whole(node, "samples.count");
    if (count < 1 || count > Samples.MOST) {
      throw error(node, "samples.count must be 1 to " + Samples.MOST);
    }
    return (int) count;
  }

  private boolean method(@Nullable Node node) {
    String method = node == null ? "random" : brief(node);
    if (!method.equals("random") && !method.equals("latin_hypercube")) {
      throw error(node, "samples.method must be random or latin_hypercube, not " + method);
    }
    return method.equals("latin_hypercube");
  }

  private long whole(Node node, String path) {
    try {
      return number(node, path).longValueExact();
    } catch (ArithmeticException e) {
      throw error(node, path + " must be an integer");
    }
  }

  private void distributions(
      MappingNode node, String prefix, String path, Map<String, Samples.Distribution> all) {
    map(node, path).forEach((key, value) -> {
      String where = path + "." + key;
      if (!(value instanceof MappingNode inner)) {
        throw error(
            value,
            where + " must be one of " + String.join(", ", DISTRIBUTIONS)
                + ", such as {uniform: [0, 1]}");
      }
      Map<String, Node> fields = map(inner, where);
      String word = fields.size() == 1 ? fields.keySet().iterator().next() : "";
      Node argument = fields.get(word);
      if (argument != null && DISTRIBUTIONS.contains(word)) {
        all.put(prefix + key, distribution(word, argument, where + "." + word));
      } else {
        distributions(inner, prefix + key + ".", where, all);
      }
    });
  }

  private Samples.Distribution distribution(String word, Node node, String path) {
    if (word.equals("choice")) {
      return new Samples.Choice(values(node, path));
    }
    List<BigDecimal> ends = numbers(node, path);
    if (ends.size() != 2 || ends.get(0).compareTo(ends.get(1)) > 0) {
      throw error(node, path + " takes [LOW, HIGH]");
    }
    if (word.equals("integers")) {
      SequenceNode list = (SequenceNode) node;
      return new Samples.Integers(
          whole(list.getValue().get(0), path), whole(list.getValue().get(1), path));
    }
    double low = ends.get(0).doubleValue();
    double high = ends.get(1).doubleValue();
    if (word.equals("loguniform") && low <= 0) {
      throw error(node, path + " takes numbers above 0");
    }
    return word.equals("uniform")
        ? new Samples.Uniform(low, high)
        : new Samples.LogUniform(low, high);
  }

  // ---- conditions ------------------------------------------------------------------------------

  private Exclusions exclusions(@Nullable Node node, List<Axis> axes) {
    List<Map<String, Exclusions.Test>> all = new ArrayList<>();
    if (isNull(node)) {
      return new Exclusions(all);
    }
    if (!(node instanceof SequenceNode list)) {
      throw error(node, "exclude must be a list of conditions");
    }
    Map<String, Boolean> names = new LinkedHashMap<>();
    axes.forEach(axis -> names.putAll(axis.mapped()));
    for (Node item : list.getValue()) {
      String path = "exclude[" + all.size() + "]";
      if (!(item instanceof MappingNode map) || map.getValue().isEmpty()) {
        throw error(item, path + " must be a map of parameters and values");
      }
      Map<String, Exclusions.Test> tests = new LinkedHashMap<>();
      condition(map, "", path, names, tests);
      all.add(tests);
    }
    return new Exclusions(all);
  }

  private void condition(
      MappingNode node,
      String prefix,
      String path,
      Map<String, Boolean> names,
      Map<String, Exclusions.Test> tests) {
    map(node, path).forEach((key, value) -> {
      String name = prefix + key;
      Boolean mapped = names.get(name);
      if (mapped != null) {
        tests.put(name, test(value, path + "." + key, mapped));
      } else if (value instanceof MappingNode inner
          && names.keySet().stream().anyMatch(each -> each.startsWith(name + "."))) {
        condition(inner, name + ".", path + "." + key, names, tests);
      } else {
        throw error(
            value,
            path + " names " + name + ", which is no parameter; there are: "
                + String.join(", ", names.keySet()));
      }
    });
  }

  /** A map is a comparison, unless the parameter has maps for values. */
  private Exclusions.Test test(Node node, String path, boolean mapped) {
    if (node instanceof MappingNode map) {
      Map<String, Node> fields = map(map, path);
      if (!mapped) {
        checkKeys(fields, path + ".", COMPARISONS);
      }
      if (!fields.isEmpty() && COMPARISONS.containsAll(fields.keySet())) {
        List<Exclusions.Test> tests = new ArrayList<>();
        fields.forEach((word, than) -> tests.add(
            word.equals("ne")
                ? new Exclusions.NoneOf(among(than, path))
                : new Exclusions.Compared(
                    Exclusions.Comparison.valueOf(word.toUpperCase(Locale.ROOT)),
                    number(than, path))));
        return new Exclusions.All(tests);
      }
    }
    return new Exclusions.OneOf(among(node, path));
  }

  /** A list names several values; a list in a list is one. */
  private List<Value> among(Node node, String path) {
    Value value = value(node, path);
    return value instanceof Value.Items items ? items.items() : List.of(value);
  }

  // ---- the rest --------------------------------------------------------------------------------

  private @Nullable Integer maxRuns(@Nullable Node node) {
    if (isNull(node) || node == null) {
      return null;
    }
    long runs = whole(node, "max_runs");
    if (runs < 0 || runs > Integer.MAX_VALUE) {
      throw error(node, "max_runs must be 0 or more");
    }
    return (int) runs;
  }

  private @Nullable Object command(Map<String, Node> all) {
    Node command = all.get("command");
    if (!isNull(command)) {
      for (String other : List.of("script_path", "script", "python_path")) {
        if (!isNull(all.get(other))) {
          throw error(all.get(other), other + " stands beside command: write one of them");
        }
      }
    }
    if (command instanceof SequenceNode) {
      List<String> words = strings(command, "command");
      if (words.isEmpty() || words.get(0).isEmpty()) {
        throw error(command, "command is empty");
      }
      return words;
    }
    if (!isNull(command)) {
      return string(command, "command");
    }
    String script = string(all.get("script_path"), "script_path");
    script = script == null ? string(all.get("script"), "script") : script;
    if (script == null) {
      return null;
    }
    String python = string(all.get("python_path"), "python_path");
    return List.of(python == null ? "python" : python, script, "{args}");
  }

  private @Nullable String string(@Nullable Node node, String path) {
    if (isNull(node) || node == null) {
      return null;
    }
    if (!(node instanceof ScalarNode scalar) || scalar.getValue().isEmpty()) {
      throw error(node, path + " must be text");
    }
    return scalar(scalar, path).text();
  }

  private List<String> strings(@Nullable Node node, String path) {
    List<String> words = new ArrayList<>();
    if (isNull(node) || node == null) {
      return words;
    }
    if (!(node instanceof SequenceNode list)) {
      throw error(node, path + " must be a list of texts");
    }
    for (Node item : list.getValue()) {
      if (!(item instanceof ScalarNode scalar)) {
        throw error(item, path + " must be a list of texts");
      }
      words.add(scalar(scalar, path).text());
    }
    return words;
  }

  private Map<String, String> environment(@Nullable Node node) {
    Map<String, String> variables = new LinkedHashMap<>();
    if (node instanceof MappingNode map) {
      map(map, "environment").forEach((name, value) -> {
        if (!(value instanceof ScalarNode scalar)) {
          throw error(value, "environment." + name + " must be text");
        }
        variables.put(name, scalar(scalar, "environment." + name).text());
      });
    } else if (!isNull(node)) {
      throw error(node, "environment must be a map");
    }
    return variables;
  }
}
