// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that the cluster's administrators offer to pods.
 *
 * @param name the volume's name in the pod
 * @param kind what it is, as the pod's {@code volumes} say it
 * @param mount where each container has it, or null: only where a job binds it
 * @param path under which users name its files in a bind: that of the same files on other machines
 * @param readOnly whether nobody writes there
 */
record Volume(String name, JsonObject kind, @Nullable String mount, String path, boolean readOnly) {
  private static final Set<String> KEYS = Set.of(
      "name",
      "claim",
      "host_path",
      "config_map",
      "secret",
      "empty_dir",
      "mount",
      "path",
      "read_only");

  /** Reads an entry of {@code volumes}. */
  static Volume of(int number, Map<?, ?> entry, String origin) {
    for (Object key : entry.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw new InvalidConfiguration(origin + ": volumes: unknown key '" + key + "'; known are "
            + String.join(", ", KEYS.stream().sorted().toList()));
      }
    }
    List<JsonObject> kinds = new ArrayList<>();
    kind(kinds, "persistentVolumeClaim", "claimName", entry.get("claim"));
    kind(kinds, "hostPath", "path", absolute(entry, "host_path", origin));
    kind(kinds, "configMap", "name", entry.get("config_map"));
    kind(kinds, "secret", "secretName", entry.get("secret"));
    if (Boolean.TRUE.equals(entry.get("empty_dir"))) {
      JsonObject empty = new JsonObject();
      empty.add("emptyDir", new JsonObject());
      kinds.add(empty);
    }
    String mount = absolute(entry, "mount", origin);
    String path = absolute(entry, "path", origin);
    path = path == null ? mount : path;
    if (kinds.size() != 1 || path == null) {
      throw new InvalidConfiguration(origin + ": each of the volumes needs one of claim, host_path,"
          + " config_map, secret, empty_dir, and a mount or a path");
    }
    Object name = entry.get("name");
    return new Volume(
        name == null ? "volume-" + number : Names.label(name.toString(), 63),
        kinds.get(0),
        mount,
        path,
        Boolean.TRUE.equals(entry.get("read_only")));
  }

  private static void kind(
      List<JsonObject> kinds, String kind, String field, @Nullable Object value) {
    if (value != null) {
      JsonObject inner = new JsonObject();
      inner.addProperty(field, value.toString());
      JsonObject outer = new JsonObject();
      outer.add(kind, inner);
      kinds.add(outer);
    }
  }

  private static @Nullable String absolute(Map<?, ?> entry, String key, String origin) {
    Object value = entry.get(key);
    if (value == null) {
      return null;
    }
    String path = value.toString();
    if (!path.startsWith("/")) {
      throw new InvalidConfiguration(
          origin + ": volumes: " + key + " must be an absolute path, not '" + path + "'");
    }
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** What of a path lies below this volume, without a slash in front; null where nothing does. */
  @Nullable String below(String given) {
    if (given.equals(path)) {
      return "";
    }
    String prefix = path.equals("/") ? "/" : path + "/";
    boolean climbs = ("/" + given + "/").contains("/../");
    return given.startsWith(prefix) && !climbs ? given.substring(prefix.length()) : null;
  }

  /** As the pod's {@code volumes} have it. */
  JsonObject volume() {
    JsonObject all = kind.deepCopy();
    all.addProperty("name", name);
    return all;
  }
}
