// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.hpclaunch.api.InvalidConfiguration;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
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

/**
 * Reads a kubeconfig's YAML as JSON. Numbers keep their digits as written: a password may look like
 * one. No error quotes the text, which is full of secrets.
 */
final class KubeconfigYaml {
  private static final int MOST_NODES = 200_000;
  private static final int DEEPEST = 50;

  private final Path file;
  private int nodes;

  private KubeconfigYaml(Path file) {
    this.file = file;
  }

  /** Reads a whole file; an empty one is an empty object. */
  static JsonObject read(String text, Path file) {
    return new KubeconfigYaml(file).document(text);
  }

  private JsonObject document(String text) {
    LoadSettings settings = LoadSettings.builder()
        .setMaxAliasesForCollections(MOST_NODES) // what they make of the document counts
        .setCodePointLimit(Integer.MAX_VALUE)
        .setAllowNonScalarKeys(true) // refused below
        .build();
    try {
      Optional<Node> root = new Composer(
              settings, new ParserImpl(settings, new StreamReader(settings, text)))
          .getSingleNode();
      JsonElement all = root.isEmpty() ? JsonNull.INSTANCE : element(root.get(), 0);
      if (all.isJsonNull()) {
        return new JsonObject();
      }
      if (all instanceof JsonObject object) {
        return object;
      }
      throw new InvalidConfiguration(file + " is not a kubeconfig: it must hold keys and values");
    } catch (MarkedYamlEngineException e) {
      throw broken(e.getProblemMark());
    } catch (YamlEngineException | StackOverflowError e) {
      throw broken(Optional.empty());
    }
  }

  private JsonElement element(Node node, int depth) {
    nodes++;
    if (nodes > MOST_NODES || depth > DEEPEST || node.isRecursive()) {
      throw new InvalidConfiguration(file + " is not a kubeconfig: it is too large or too deep");
    }
    if (node instanceof MappingNode map) {
      return object(map, depth);
    }
    if (node instanceof SequenceNode list) {
      JsonArray array = new JsonArray();
      for (Node item : list.getValue()) {
        array.add(element(item, depth + 1));
      }
      return array;
    }
    return scalar((ScalarNode) node);
  }

  private JsonObject object(MappingNode map, int depth) {
    JsonObject object = new JsonObject();
    for (NodeTuple tuple : map.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw broken(tuple.getKeyNode().getStartMark());
      }
      if (object.has(key.getValue())) {
        throw new InvalidConfiguration("%s, %s: key '%s' is written twice"
            .formatted(file, line(key.getStartMark()), key.getValue()));
      }
      object.add(key.getValue(), element(tuple.getValueNode(), depth + 1));
    }
    return object;
  }

  private JsonElement scalar(ScalarNode scalar) {
    Tag tag = scalar.getTag();
    String text = scalar.getValue();
    if (tag.equals(Tag.STR)) {
      return new JsonPrimitive(text);
    }
    if (tag.equals(Tag.NULL)) {
      return JsonNull.INSTANCE;
    }
    if (tag.equals(Tag.BOOL)) {
      return new JsonPrimitive(Boolean.valueOf(text));
    }
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return JsonParser.parseString(text); // which keeps the digits
    }
    throw broken(scalar.getStartMark());
  }

  private InvalidConfiguration broken(Optional<Mark> mark) {
    return new InvalidConfiguration(file + ", " + line(mark) + ": this is not YAML, or not plain");
  }

  private static String line(Optional<Mark> mark) {
    return mark.map(at -> "line " + (at.getLine() + 1)).orElse("somewhere");
  }
}
