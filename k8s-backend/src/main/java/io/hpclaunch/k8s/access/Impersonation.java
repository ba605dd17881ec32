// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.k8s.access.Cluster.Credentials;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One who asks, and acts as another ("User impersonation" in Kubernetes' documentation). */
final class Impersonation implements Credentials {
  private static final String EXTRA = "as-user-extra";

  /** Besides letters and digits, what a header's name may hold (RFC 9110, 5.6.2), but {@code %}. */
  private static final String SIGNS = "!#$&'*+-.^_`|~";

  private final Credentials own;
  private final Map<String, List<String>> headers;

  Impersonation(Credentials own, Map<String, List<String>> headers) {
    this.own = own;
    this.headers = headers;
  }

  /** The headers that say as whom; none where a user acts as itself. */
  static Map<String, List<String>> headers(Section user) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    String as = user.text("as");
    String uid = user.text("as-uid");
    put(all, "Impersonate-User", as == null ? List.of() : List.of(as));
    put(all, "Impersonate-Uid", uid == null ? List.of() : List.of(uid));
    put(all, "Impersonate-Group", user.texts("as-groups"));
    Section extra = user.section(EXTRA);
    if (extra != null) {
      extra
          .fields()
          .keySet()
          .forEach(key -> put(all, "Impersonate-Extra-" + escaped(key), extra.texts(key)));
    }
    if (!all.isEmpty() && as == null) {
      throw user.error("as", "is missing, which as-uid, as-groups and " + EXTRA + " need");
    }
    all.forEach((header, values) -> values.forEach(value -> {
      if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
        throw user.error("as", "and what belongs to it must be plain ASCII (" + header + ")");
      }
    }));
    return Collections.unmodifiableMap(all);
  }

  private static void put(Map<String, List<String>> all, String header, List<String> values) {
    if (!values.isEmpty()) {
      all.put(header, List.copyOf(values));
    }
  }

  private static String escaped(String key) {
    StringBuilder name = new StringBuilder();
    for (byte b : key.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || SIGNS.indexOf(c) >= 0;
      name.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return name.toString();
  }

  @Override
  public Optional<String> authorization() {
    return own.authorization();
  }

  @Override
  public Map<String, List<String>> headers() {
    return headers;
  }

  @Override
  public void refused() {
    own.refused();
  }
}
