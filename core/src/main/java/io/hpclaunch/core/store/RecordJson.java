// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records as JSON, in the version that docs/jobs.md names; what is known of elements is apart. */
public final class RecordJson {
  private static final int VERSION = 1;

  private RecordJson() {}

  /**
   * Writes a record.
   *
   * @param record the record
   * @return JSON, to be stored as UTF-8
   */
  public static String write(JobRecord record) {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    Json.put(json, "token", record.token());
    Json.put(json, "id", record.id());
    Json.put(json, "name", record.name());
    Json.put(json, "backend", record.id().backend());
    Json.put(json, "job_folder", record.jobFolder());
    Json.put(json, "stdout", record.stdout());
    Json.put(json, "stderr", record.stderr());
    Json.put(json, "submitted", record.submitted());
    json.addProperty("final", record.isFinal());
    json.add("last", observations(record.last()));
    Json.put(json, "array", record.array());
    JsonArray chunks = new JsonArray();
    for (JobRecord.Chunk each : record.chunks()) {
      JsonObject chunk = new JsonObject();
      Json.put(chunk, "native", nativeId(each.id()));
      Json.put(chunk, "part", each.part());
      Json.put(chunk, "offset", each.offset());
      chunks.add(chunk);
    }
    json.add("chunks", chunks);
    Json.put(json, "missing_since", record.missingSince());
    json.add("cancel", wish(record.wish()));
    Json.put(json, "reserved_cpus", record.reserved().cpus());
    Json.put(json, "reserved_memory", record.reserved().memory());
    Json.put(json, "place", record.place());
    return Json.text(json);
  }

  /**
   * Reads a record as a store keeps it.
   *
   * @param bytes what {@link #write} wrote, as UTF-8
   * @param token whose record it is to be
   * @param where it stands, for messages
   * @return the record
   * @throws DamagedRecord when the bytes are no record, one of a newer version, or another job's
   * @throws IOException when it cannot be read now
   */
  public static JobRecord read(byte[] bytes, Token token, Object where) throws IOException {
    try {
      JobRecord record = read(RawBytes.decode(bytes));
      if (!record.token().equals(token)) {
        throw new JsonParseException("it is the record of " + record.token());
      }
      return record;
    } catch (JsonParseException e) {
      if (e.getCause() instanceof OutOfMemoryError) {
        throw new IOException("there is not enough memory for the record " + where, e);
      }
      throw new DamagedRecord("the record " + where + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a record.
   *
   * @param text what {@link #write} wrote
   * @return the record
   * @throws JsonParseException when the text is no record, or one of a newer version
   */
  static JobRecord read(String text) {
    try {
      return read(Json.parse(text));
    } catch (IllegalArgumentException // a number, a word of an enum, an id
        | IllegalStateException // another kind of JSON, as Gson tells it
        | UnsupportedOperationException
        | DateTimeException
        | InvalidJob
        | StackOverflowError e) {
      throw new JsonParseException(String.valueOf(e.getMessage()), e);
    }
  }

  private static JobRecord read(JsonObject json) {
    SpecJson.checkVersion(json, VERSION);
    List<JobRecord.Chunk> chunks = new ArrayList<>();
    for (JsonElement each : Json.array(json, "chunks")) {
      JsonObject chunk = each.getAsJsonObject();
      chunks.add(new JobRecord.Chunk(
          nativeId(Json.text(chunk, "native")),
          ArrayRange.parse(Json.text(chunk, "part")),
          Json.required(chunk, "offset", JsonElement::getAsInt)));
    }
    return new JobRecord(
        new Token(Json.text(json, "token")),
        JobId.parse(Json.text(json, "id")),
        Json.text(json, "name"),
        Json.text(json, "job_folder"),
        Json.string(json, "stdout"),
        Json.string(json, "stderr"),
        Instant.parse(Json.text(json, "submitted")),
        observations(Json.required(json, "last", JsonElement::getAsJsonObject)),
        Json.get(json, "array", e -> ArrayRange.parse(e.getAsString())),
        chunks,
        Json.instant(json, "missing_since"),
        wish(json.get("cancel")),
        new Reserved(
            Json.integer(json, "reserved_cpus"),
            Json.get(json, "reserved_memory", JsonElement::getAsLong)),
        Json.string(json, "place"));
  }

  /** {@code true}, or the elements. */
  private static JsonElement wish(CancelWish wish) {
    if (wish.whole()) {
      return new JsonPrimitive(true);
    }
    JsonArray elements = new JsonArray();
    wish.elements().stream().sorted().forEach(elements::add);
    return elements;
  }

  private static CancelWish wish(@Nullable JsonElement json) {
    if (json == null || !json.isJsonArray()) {
      return new CancelWish(json != null && json.getAsBoolean(), Set.of());
    }
    Set<Integer> elements = new HashSet<>();
    json.getAsJsonArray().forEach(index -> elements.add(index.getAsInt()));
    return new CancelWish(false, elements);
  }

  static String nativeId(NativeId id) {
    return id.toString();
  }

  /** An id as a {@link JobId} writes it behind the backend's name. */
  static NativeId nativeId(String text) {
    return JobId.parse("x:" + text).nativeId();
  }

  private static JsonObject observations(Observations known) {
    JobInfo info = known.info();
    JsonObject json = new JsonObject();
    Json.put(json, "observed", known.observed());
    json.addProperty("corrected", known.corrected());
    Json.put(json, "state", info.state().name());
    Json.put(json, "exit_code", info.exitCode());
    Json.put(json, "signal", info.signal());
    Json.put(json, "cause", info.cause() == null ? null : info.cause().name());
    Json.put(json, "native_state", info.nativeState());
    Json.put(json, "reason", info.reason());
    Json.put(json, "submitted", info.submitted());
    Json.put(json, "started", info.started());
    Json.put(json, "ended", info.ended());
    Json.put(json, "attempt", info.attempt());
    Json.put(json, "nodes", info.nodes());
    Json.put(json, "wall_time", info.wallTime());
    Json.put(json, "cpu_time", info.cpuTime());
    Json.put(json, "peak_memory", info.peakMemory());
    Json.put(json, "allocated_cpus", info.allocatedCpus());
    Json.put(json, "allocated_memory", info.allocatedMemory());
    return json;
  }

  private static Observations observations(JsonObject json) {
    JobInfo info = JobInfo.builder(JobState.valueOf(Json.text(json, "state")))
        .exitCode(Json.integer(json, "exit_code"))
        .signal(Json.integer(json, "signal"))
        .nativeState(Json.string(json, "native_state"))
        .reason(Json.string(json, "reason"))
        .submitted(Json.instant(json, "submitted"))
        .started(Json.instant(json, "started"))
        .ended(Json.instant(json, "ended"))
        .attempt(Json.required(json, "attempt", JsonElement::getAsInt))
        .nodes(json.has("nodes") ? Json.strings(json, "nodes") : null)
        .wallTime(Json.duration(json, "wall_time"))
        .cpuTime(Json.duration(json, "cpu_time"))
        .peakMemory(Json.get(json, "peak_memory", JsonElement::getAsLong))
        .allocatedCpus(Json.integer(json, "allocated_cpus"))
        .allocatedMemory(Json.get(json, "allocated_memory", JsonElement::getAsLong))
        .build();
    Cause cause = Json.get(json, "cause", e -> Cause.valueOf(e.getAsString()));
    return new Observations(
        cause == null ? info : info.toBuilder().failed(cause).build(),
        Instant.parse(Json.text(json, "observed")),
        Json.required(json, "corrected", JsonElement::getAsBoolean));
  }
}
