// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import com.google.gson.JsonObject;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.ClosestName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One or more kubeconfig files as one. The first file that has an entry of a name, or a current
 * context, decides; entries are not mixed.
 */
final class Kubeconfig {
  private final List<Path> files;
  private final Map<String, Section> contexts = new LinkedHashMap<>();
  private final Map<String, Section> clusters = new LinkedHashMap<>();
  private final Map<String, Section> users = new LinkedHashMap<>();
  private @Nullable String currentContext;

  private Kubeconfig(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Reads files.
   *
   * @param files in the order of precedence; each must be there
   */
  static Kubeconfig read(List<Path> files) {
    Kubeconfig all = new Kubeconfig(files);
    for (Path file : files) {
      Section root = new Section(file, "kubeconfig", KubeconfigYaml.read(text(file), file));
      if (all.currentContext == null) {
        all.currentContext = root.text("current-context");
      }
      all.add(root, "contexts", "context", all.contexts);
      all.add(root, "clusters", "cluster", all.clusters);
      all.add(root, "users", "user", all.users);
    }
    return all;
  }

  private static String text(Path file) {
    try {
      String text = Files.readString(file);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new InvalidConfiguration("kubeconfig " + file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new InvalidConfiguration(
          "kubeconfig " + file + " cannot be read: " + Contents.reason(file, e), e);
    }
  }

  private void add(Section root, String list, String kind, Map<String, Section> entries) {
    Map<String, Section> here = new LinkedHashMap<>();
    for (Section entry : root.sections(list)) {
      String name = entry.needed("name");
      Section body = entry.section(kind);
      String title = kind + " '" + name + "'";
      Section known = body == null
          ? new Section(root.file(), title, new JsonObject())
          : new Section(root.file(), title, body.fields());
      if (here.put(name, known) != null) {
        throw root.error(list, "has two entries with the name '" + name + "'");
      }
    }
    here.forEach(entries::putIfAbsent);
  }

  /** Whether nothing at all is said: as good as no file. */
  boolean isEmpty() {
    return contexts.isEmpty() && clusters.isEmpty() && users.isEmpty() && currentContext == null;
  }

  /** The context of this name, or the current one; its own name is that of the result. */
  Section context(@Nullable String asked) {
    String name = asked == null ? currentContext : asked;
    if (name == null) {
      throw new InvalidConfiguration(
          place() + " has no current-context: name a context, one of " + names(contexts.keySet()));
    }
    Section context = contexts.get(name);
    if (context == null) {
      String from = asked == null ? " (its current-context)" : "";
      throw new InvalidConfiguration(
          "%s has no context '%s'%s; %s".formatted(place(), name, from, known(name, contexts)));
    }
    return context;
  }

  Section cluster(Section context) {
    return entry(context, "cluster", clusters);
  }

  /** The context's user; one without keys where it names none: then nobody asks. */
  Section user(Section context) {
    return context.text("user") == null
        ? new Section(context.file(), "no user", new JsonObject())
        : entry(context, "user", users);
  }

  private Section entry(Section context, String kind, Map<String, Section> entries) {
    String name = context.needed(kind);
    Section entry = entries.get(name);
    if (entry == null) {
      throw context.error(kind, "'" + name + "' is not defined; " + known(name, entries));
    }
    return entry;
  }

  private static String known(String name, Map<String, Section> entries) {
    String known = names(entries.keySet());
    return ClosestName.of(name, entries.keySet())
        .map(closest -> "did you mean '" + closest + "'? Known are " + known)
        .orElse("known are " + known);
  }

  private String place() {
    return "kubeconfig " + files.stream().map(Path::toString).collect(Collectors.joining(":"));
  }

  private static String names(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
