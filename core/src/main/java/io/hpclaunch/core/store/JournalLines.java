// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.shell.RawBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The journal's lines: JSON, a tab, and the CRC-32 of the JSON. */
public final class JournalLines {
  private static final int VERSION = 1;
  private static final int CRC_DIGITS = 8;

  private JournalLines() {}

  /**
   * What could be read.
   *
   * @param entries the whole lines, in order
   * @param damaged how many lines are torn or damaged
   */
  public record Read(List<JournalEntry> entries, int damaged) {
    /** Copies the list. */
    public Read {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Writes an entry.
   *
   * @param entry what happened
   * @return its line, with its end
   */
  public static byte[] write(JournalEntry entry) {
    JsonObject json = new JsonObject();
    json.addProperty("v", VERSION);
    Json.put(json, "token", entry.token());
    Json.put(json, "part", entry.part());
    Json.put(json, "time", entry.time());
    if (entry instanceof JournalEntry.Intent intent) {
      json.addProperty("kind", "INTENT");
      json.addProperty("backend", intent.backend());
      json.addProperty("name", intent.name());
      json.addProperty("job_folder", intent.jobFolder());
      Json.put(json, "place", intent.place());
      Json.put(json, "begun", intent.begun().equals(intent.time()) ? null : intent.begun());
    } else if (entry instanceof JournalEntry.Outcome outcome) {
      json.addProperty("kind", outcome.kind().name());
      NativeId id = outcome.nativeId();
      Json.put(json, "native", id == null ? null : RecordJson.nativeId(id));
      Json.put(json, "why", outcome.why());
    }
    byte[] text = RawBytes.encode(Json.text(json));
    byte[] end = ("\t" + crc(text, 0, text.length) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] line = new byte[text.length + end.length];
    System.arraycopy(text, 0, line, 0, text.length);
    System.arraycopy(end, 0, line, text.length, end.length);
    return line;
  }

  /**
   * Reads entries.
   *
   * @param bytes lines
   * @return what could be read
   */
  public static Read read(byte[] bytes) {
    List<JournalEntry> entries = new ArrayList<>();
    int damaged = 0;
    int from = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        JournalEntry entry = line(bytes, from, i); // whole by its CRC, also without its end
        if (entry != null) {
          entries.add(entry);
        } else if (i > from) {
          damaged++;
        }
        from = i + 1;
      }
    }
    return new Read(entries, damaged);
  }

  private static @Nullable JournalEntry line(byte[] bytes, int from, int to) {
    int tab = to - CRC_DIGITS - 1;
    if (tab <= from || bytes[tab] != '\t') {
      return null;
    }
    String crc = new String(bytes, tab + 1, CRC_DIGITS, StandardCharsets.US_ASCII);
    if (!crc.equals(crc(bytes, from, tab - from))) {
      return null;
    }
    try {
      return entry(Json.parse(RawBytes.decode(Arrays.copyOfRange(bytes, from, tab))));
    } catch (RuntimeException e) {
      return null; // of a newer version
    }
  }

  private static JournalEntry entry(JsonObject json) {
    if (!Integer.valueOf(VERSION).equals(Json.integer(json, "v"))) {
      throw new IllegalArgumentException("version " + Json.integer(json, "v"));
    }
    Token token = new Token(Json.text(json, "token"));
    ArrayRange part = Json.get(json, "part", e -> ArrayRange.parse(e.getAsString()));
    Instant time = Instant.parse(Json.text(json, "time"));
    String kind = Json.text(json, "kind");
    if (kind.equals("INTENT")) {
      return new JournalEntry.Intent(
          token,
          part,
          time,
          Json.text(json, "backend"),
          Json.text(json, "name"),
          Json.text(json, "job_folder"),
          Json.string(json, "place"),
          json.has("begun") ? Instant.parse(Json.text(json, "begun")) : time);
    }
    return new JournalEntry.Outcome(
        token,
        part,
        time,
        JournalEntry.Kind.valueOf(kind),
        Json.get(json, "native", (JsonElement e) -> RecordJson.nativeId(e.getAsString())),
        Json.string(json, "why"));
  }

  private static String crc(byte[] bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return String.format("%08x", crc.getValue());
  }
}
