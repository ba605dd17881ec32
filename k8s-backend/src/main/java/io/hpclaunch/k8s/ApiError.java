// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.Rejected;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The API server's refusal, in its own words. */
final class ApiError extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 1000;

  private final int code;
  private final String reason;

  private ApiError(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  /**
   * Reads an answer.
   *
   * @param code the HTTP status
   * @param body a {@code Status}, or what something on the way wrote
   */
  static ApiError of(int code, String body) {
    try {
      JsonElement status = JsonParser.parseString(body);
      String message = Fields.text(status, "message");
      if (message != null) {
        return new ApiError(code, Fields.textOr(status, "reason", ""), oneLine(message));
      }
    } catch (JsonParseException e) {
      // something on the way wrote it: told as it is
    }
    return new ApiError(code, "", "HTTP status " + code + ": " + oneLine(body));
  }

  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", "; ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + " …" : line;
  }

  int code() {
    return code;
  }

  boolean isNotFound() {
    return code == 404;
  }

  boolean isConflict() {
    return code == 409;
  }

  /** What a watch began with is too old to go on from. */
  boolean isGone() {
    return code == 410 || reason.equals("Expired") || reason.equals("Gone");
  }

  /** Whether the request may have been carried out all the same. */
  boolean leavesOpen() {
    return code >= 500;
  }

  /** Of requests that change nothing, and of those that surely were not carried out. */
  HpcException toHpc(String server) {
    String words = server + ": " + getMessage();
    if (code == 401) {
      return new Rejected(
          server + " does not accept the credentials (" + getMessage() + "): renew them");
    }
    if (code == 403 && isQuotaThatGetsFree()) {
      return Rejected.noRoom(words);
    }
    return code == 429 || code >= 500 ? new BackendUnavailable(words, this) : new Rejected(words);
  }

  private static final Pattern QUOTA =
      Pattern.compile("exceeded quota: .*?requested: (.*), used: (.*), limited: (.*)");

  /** A job that is larger than the quota fits never. */
  private boolean isQuotaThatGetsFree() {
    Matcher quota = QUOTA.matcher(String.valueOf(getMessage()));
    if (!quota.find()) {
      return false;
    }
    Map<String, Long> limited = amounts(quota.group(3));
    for (Map.Entry<String, Long> each : amounts(quota.group(1)).entrySet()) {
      if (each.getValue() > limited.getOrDefault(each.getKey(), 0L)) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, Long> amounts(String text) {
    Map<String, Long> all = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      Long amount =
          equals < 0 ? null : Quantities.whole(pair.substring(equals + 1).strip());
      if (amount != null) {
        all.put(pair.substring(0, equals).strip(), amount);
      }
    }
    return all;
  }
}
