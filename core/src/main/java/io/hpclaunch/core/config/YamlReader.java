// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML 1.2 with its core schema. The one class that knows the YAML library: it is not loaded
 * when everything comes out of the cache.
 *
 * <p>Aliases are followed, with a limit on how large they may make a document, and so are merge
 * keys, which files of hpc_connect may hold. Tags of one's own are errors.
 */
final class YamlReader {
  private static final int MOST_NODES = 250_000;
  private static final int DEEPEST = 100;

  private final Source source;
  private final boolean lines;
  private final String prefix;
  private int nodes;

  private YamlReader(Source source, boolean lines, String prefix) {
    this.source = source;
    this.lines = lines;
    this.prefix = prefix;
  }

  /** Reads a file's text. */
  static Node document(String text, Source source) {
    return new YamlReader(source, true, "").read(text);
  }

  /** Reads the value of one key, in which lines do not count. */
  static Node value(String text, Source source, String path) {
    return new YamlReader(source, false, path + ": ").read(text);
  }

  private Node read(String text) {
    LoadSettings settings = LoadSettings.builder()
        .setLabel(source.name())
        .setSchema(new CoreSchema())
        .setAllowNonScalarKeys(true) // refused below, with their line
        .setMaxAliasesForCollections(MOST_NODES) // what they make of the document counts
        .setCodePointLimit(Integer.MAX_VALUE) // files are bounded where they are read
        .build();
    try {
      Optional<org.snakeyaml.engine.v2.nodes.Node> root = new Composer(
              settings, new ParserImpl(settings, new StreamReader(settings, text)))
          .getSingleNode();
      if (root.isEmpty()) {
        throw error(lines ? 1 : 0, lines ? ConfigFile.EMPTY_YAML : "has no value");
      }
      return node(root.get(), origin(root.get()), 0);
    } catch (ReaderException e) {
      throw unprintable(text, e);
    } catch (MarkedYamlEngineException e) {
      throw error(e.getProblemMark().map(this::line).orElse(0), problem(e));
    } catch (YamlEngineException e) {
      throw error(0, "is not YAML: " + oneLine(e.getMessage()));
    } catch (StackOverflowError e) {
      throw error(0, "is nested too deeply");
    }
  }

  private InvalidConfiguration unprintable(String text, ReaderException e) {
    int line = 1;
    for (int at = 0; at < text.length() && StreamReader.isPrintable(text.codePointAt(at)); at++) {
      line += text.charAt(at) == '\n' ? 1 : 0;
      at += Character.isHighSurrogate(text.charAt(at)) ? 1 : 0;
    }
    String character = String.format(Locale.ROOT, "U+%04X", e.getCodePoint());
    return error(lines ? line : 0, "character " + character + " has no place in YAML");
  }

  private static String problem(MarkedYamlEngineException e) {
    String problem = oneLine(e.getProblem());
    if (problem.contains("TAB")) {
      return "a tab cannot indent YAML: use spaces";
    }
    if (problem.contains("another document")) {
      return "a second document begins here: a file holds one";
    }
    return "is not YAML: " + problem;
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "" : text.replace('\n', ' ').strip();
  }

  private Node node(org.snakeyaml.engine.v2.nodes.Node yaml, Origin origin, int depth) {
    nodes++;
    if (nodes > MOST_NODES) {
      throw error(origin.line(), "is larger than " + MOST_NODES + " values, aliases followed");
    }
    if (depth > DEEPEST || yaml.isRecursive()) {
      throw error(origin.line(), "is nested more than " + DEEPEST + " levels deep");
    }
    if (yaml instanceof MappingNode map) {
      expect(yaml, Tag.MAP);
      return map(map, origin, depth);
    }
    if (yaml instanceof SequenceNode list) {
      expect(yaml, Tag.SEQ);
      List<Node> items = new ArrayList<>();
      for (org.snakeyaml.engine.v2.nodes.Node item : list.getValue()) {
        items.add(node(item, origin(item), depth + 1));
      }
      return new Node.Items(items, origin);
    }
    ScalarNode scalar = (ScalarNode) yaml;
    return new Node.Scalar(kind(scalar), scalar.getValue(), origin);
  }

  private void expect(org.snakeyaml.engine.v2.nodes.Node yaml, Tag tag) {
    if (!yaml.getTag().equals(tag)) {
      throw error(origin(yaml).line(), "tag " + yaml.getTag().getValue() + " has no meaning here");
    }
  }

  private Node.Kind kind(ScalarNode scalar) {
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.STR)) {
      return Node.Kind.TEXT;
    }
    if (tag.equals(Tag.INT)) {
      return Node.Kind.INT;
    }
    if (tag.equals(Tag.FLOAT)) {
      return Node.Kind.FLOAT;
    }
    if (tag.equals(Tag.BOOL)) {
      return Node.Kind.BOOL;
    }
    expect(scalar, Tag.NULL);
    return Node.Kind.NULL;
  }

  private Node.Fields map(MappingNode yaml, Origin origin, int depth) {
    Node.Fields map = Node.Fields.empty(origin);
    for (NodeTuple tuple : yaml.getValue()) {
      Origin place = origin(tuple.getKeyNode());
      String key = key(tuple.getKeyNode(), place);
      Node earlier = map.entries().get(key);
      if (earlier != null) {
        throw error(
            place.line(),
            "key '"
                + key
                + "' is written twice"
                + (lines ? ", first at line " + earlier.origin().line() : ""));
      }
      map.entries().put(key, node(tuple.getValueNode(), place, depth + 1));
    }
    return map;
  }

  private String key(org.snakeyaml.engine.v2.nodes.Node yaml, Origin place) {
    if (!(yaml instanceof ScalarNode scalar)) {
      throw error(place.line(), "a key must be text, not a list or map");
    }
    kind(scalar);
    String wrong = Values.wrongKey(scalar.getValue());
    if (wrong != null) {
      throw error(place.line(), wrong);
    }
    return scalar.getValue();
  }

  private Origin origin(org.snakeyaml.engine.v2.nodes.Node yaml) {
    return new Origin(source, yaml.getStartMark().map(this::line).orElse(0));
  }

  private int line(Mark mark) {
    return lines ? mark.getLine() + 1 : 0;
  }

  private InvalidConfiguration error(int line, String message) {
    return new InvalidConfiguration(new Origin(source, line).text() + ": " + prefix + message);
  }
}
