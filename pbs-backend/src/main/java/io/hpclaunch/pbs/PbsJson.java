// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of PBS' commands, which need not be valid: it is cut into jobs, nodes or queues by their
 * first lines before each is read, so that one that cannot be read spoils no other.
 */
final class PbsJson {
  private final String text;
  private final Predicate<String> isName;
  private final List<Member> members = new ArrayList<>();

  /**
   * What stands before a member's name: a line's end and tabs, or a comma where all is one line.
   */
  private String lead = ",";

  private PbsJson(String text, Predicate<String> isName) {
    this.text = text;
    this.isName = isName;
  }

  /**
   * One job, node or queue.
   *
   * @param name its id or name
   * @param text its object, perhaps with more behind it
   * @param whole whether the object ends where it should
   */
  record Member(String name, String text, boolean whole) {
    /** Reads its attributes; null where it cannot be read. */
    @Nullable PbsRecord read() {
      PbsRecord found = PbsRecord.named(name);
      try (JsonReader in = new JsonReader(new StringReader(text))) {
        in.setStrictness(Strictness.LENIENT);
        attributes(in, found);
        return found;
      } catch (IOException | IllegalStateException | JsonParseException e) {
        return null;
      }
    }
  }

  /**
   * An answer.
   *
   * @param members what it tells of, in order
   * @param complete whether it has an end; false also for what is no JSON at all
   */
  record Answer(List<Member> members, boolean complete) {
    Answer {
      members = List.copyOf(members);
    }
  }

  /**
   * Cuts an answer.
   *
   * @param text what the command wrote
   * @param section the key of the object that holds the members, such as {@code Jobs}; PBS leaves
   *     it out where there are none
   * @param isName whether a key is a member's
   */
  static Answer cut(String text, String section, Predicate<String> isName) {
    Matcher start =
        Pattern.compile("\"" + Pattern.quote(section) + "\"\\s*:\\s*\\{").matcher(text);
    if (!start.find()) {
      int brace = text.indexOf('{');
      return new Answer(List.of(), brace >= 0 && endOfObject(text, brace) >= 0);
    }
    PbsJson json = new PbsJson(text, isName);
    boolean complete = json.take(start.end());
    return new Answer(json.members, complete);
  }

  /** Takes all members from here on; returns whether the answer goes on to its end. */
  private boolean take(int from) {
    int at = from;
    Header header = header(at);
    if (header != null && text.lastIndexOf('\n', header.quote()) >= from) {
      lead = text.substring(from, header.quote());
    }
    while (header != null) {
      int end = endOfObject(text, header.brace());
      boolean whole = end >= 0 && (isEnd(end) || header(end) != null);
      at = whole ? end : nextHeader(header.brace());
      members.add(new Member(header.name(), text.substring(header.brace(), at), whole));
      header = header(at);
    }
    return isEnd(at) && text.indexOf('}', text.indexOf('}', at) + 1) >= 0;
  }

  private record Header(String name, int quote, int brace) {}

  /** The member that begins here, behind blanks and a comma. */
  private @Nullable Header header(int from) {
    int quote = skip(from, true);
    if (quote >= text.length() || text.charAt(quote) != '"') {
      return null;
    }
    int end = text.indexOf('"', quote + 1);
    int colon = end < 0 ? text.length() : skip(end + 1, false);
    if (colon >= text.length() || text.charAt(colon) != ':') {
      return null;
    }
    int brace = skip(colon + 1, false);
    String name = text.substring(quote + 1, end);
    return brace < text.length() && text.charAt(brace) == '{' && isName.test(name)
        ? new Header(name, quote, brace)
        : null;
  }

  /** Where the next member begins, whatever stands between; the end of the text for none. */
  private int nextHeader(int from) {
    int at = text.indexOf(lead + '"', from);
    while (at >= 0 && header(at) == null) {
      at = text.indexOf(lead + '"', at + 1);
    }
    return at < 0 ? text.length() : at;
  }

  private boolean isEnd(int from) {
    int at = skip(from, false);
    return at < text.length() && text.charAt(at) == '}';
  }

  private int skip(int from, boolean commas) {
    int at = from;
    while (at < text.length()
        && (Character.isWhitespace(text.charAt(at)) || (commas && text.charAt(at) == ','))) {
      at++;
    }
    return at;
  }

  /** Where the object ends that begins with this brace; -1 where it does not. */
  private static int endOfObject(String text, int brace) {
    int depth = 0;
    boolean inString = false;
    for (int i = brace; i < text.length(); i++) {
      char c = text.charAt(i);
      if (inString) {
        i += c == '\\' ? 1 : 0;
        inString = c != '"';
      } else if (c == '"') {
        inString = true;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  private static void attributes(JsonReader in, PbsRecord found) throws IOException {
    in.beginObject();
    while (in.hasNext()) {
      String key = in.nextName();
      if (in.peek() == JsonToken.BEGIN_OBJECT) {
        group(in, key, found);
      } else {
        String value = text(in);
        if (value != null) {
          found.values().put(key, value);
        }
      }
    }
    in.endObject();
  }

  private static void group(JsonReader in, String key, PbsRecord found) throws IOException {
    boolean variables = key.equals(PbsRecord.VARIABLES);
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      String value = text(in);
      if (value != null && variables) {
        PbsVariables.add(found.variables(), name, value);
      } else if (value != null) {
        found.values().put(key + '.' + name, value);
      }
    }
    in.endObject();
  }

  /** A value as it stands: of a number all digits. PBS writes null for what it could not. */
  private static @Nullable String text(JsonReader in) throws IOException {
    return switch (in.peek()) {
      case NULL -> {
        in.nextNull();
        yield null;
      }
      case BOOLEAN -> Boolean.toString(in.nextBoolean());
      case BEGIN_OBJECT, BEGIN_ARRAY -> JsonParser.parseReader(in).toString();
      default -> in.nextString();
    };
  }
}
