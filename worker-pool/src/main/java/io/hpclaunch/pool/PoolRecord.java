// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a pool between the clients that use it.
 *
 * @param id names its queues; new when the pool was deleted and is deployed again
 * @param secret the password of the embedded broker's user
 * @param port where the embedded broker listens, or 0: it has not yet
 * @param job the id of the batch job with its workers, or null: there is none
 * @param deployed when that was submitted, or null
 * @param failures how many jobs in a row ended before a worker of theirs was heard of
 */
record PoolRecord(
    String id,
    String secret,
    int port,
    @Nullable String job,
    @Nullable Instant deployed,
    int failures) {
  private static final int SCHEMA = 1;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A pool that was never deployed. */
  static PoolRecord fresh(String name) {
    return new PoolRecord(name + "-" + random(6), random(24), 0, null, null, 0);
  }

  private static String random(int bytes) {
    byte[] drawn = new byte[bytes];
    RANDOM.nextBytes(drawn);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
  }

  PoolRecord withPort(int value) {
    return new PoolRecord(id, secret, value, job, deployed, failures);
  }

  PoolRecord withJob(@Nullable String value, @Nullable Instant at) {
    return new PoolRecord(id, secret, port, value, at, failures);
  }

  PoolRecord withFailures(int value) {
    return new PoolRecord(id, secret, port, job, deployed, value);
  }

  String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("schema", SCHEMA);
    json.addProperty("id", id);
    json.addProperty("secret", secret);
    json.addProperty("port", port);
    json.addProperty("job", job);
    json.addProperty("deployed", deployed == null ? null : deployed.toString());
    json.addProperty("failures", failures);
    return json.toString();
  }

  /**
   * Reads a record.
   *
   * @throws JsonParseException when it is none of this version
   */
  static PoolRecord parse(String text) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      if (json.get("schema").getAsInt() != SCHEMA) {
        throw new JsonParseException("its schema is " + json.get("schema"));
      }
      String deployed = string(json, "deployed");
      return new PoolRecord(
          json.get("id").getAsString(),
          json.get("secret").getAsString(),
          json.get("port").getAsInt(),
          string(json, "job"),
          deployed == null ? null : Instant.parse(deployed),
          json.get("failures").getAsInt());
    } catch (IllegalStateException
        | NullPointerException
        | java.time.format.DateTimeParseException e) {
      throw new JsonParseException("no record of a pool", e);
    }
  }

  private static @Nullable String string(JsonObject json, String key) {
    return json.get(key).isJsonNull() ? null : json.get(key).getAsString();
  }

  @Override
  public String toString() {
    return id;
  }
}
