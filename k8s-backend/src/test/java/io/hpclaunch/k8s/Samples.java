// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What real servers answered; the folders are called after their versions. */
final class Samples {
  static final String OLD = "v1.20.2";
  static final String NEW = "v1.36.2";

  private Samples() {}

  static String text(String version, String file) {
    try (InputStream in = Objects.requireNonNull(
        Samples.class.getResourceAsStream("samples/" + version + "/" + file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonObject json(String version, String file) {
    return JsonParser.parseString(text(version, file)).getAsJsonObject();
  }

  /** A Job with its pods, as they were at one moment. */
  static JobReading reading(String version, String moment) {
    String file = moment + ".pods.json";
    boolean has = Samples.class.getResource("samples/" + version + "/" + file) != null;
    List<JsonObject> pods = has ? Fields.objects(json(version, file), "items") : List.of();
    return new JobReading(json(version, moment + ".job.json"), pods);
  }
}
