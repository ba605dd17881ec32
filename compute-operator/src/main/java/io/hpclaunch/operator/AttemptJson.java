// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonObject;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.Token;
import java.time.Instant;
import java.util.Locale;

/** An attempt as {@code attempt.json} holds it. */
final class AttemptJson {
  private AttemptJson() {}

  static JsonObject write(Attempt a) {
    JsonObject json = Documents.empty();
    Fields.put(json, "attempt", a.number());
    Fields.put(json, "token", a.token());
    Fields.put(json, "backend", a.backend());
    Fields.put(json, "memory_bytes", a.memory());
    Fields.put(json, "time_limit", a.timeLimit());
    Fields.put(json, "retries_left", a.retriesLeft());
    Fields.put(json, "state", a.state().label());
    Fields.put(json, "cause", a.cause() == null ? null : a.cause().label());
    Fields.put(json, "reason", a.reason());
    Fields.put(json, "job", a.job());
    Fields.put(json, "directory", a.directory());
    Fields.put(json, "exit_code", a.exitCode());
    Fields.put(json, "signal", a.signal());
    Fields.put(json, "prepared", a.prepared());
    Fields.put(json, "begun", a.begun());
    Fields.put(json, "submitted", a.submitted());
    Fields.put(json, "started", a.started());
    Fields.put(json, "ended", a.ended());
    Fields.put(json, "collected", a.collected());
    return json;
  }

  static Attempt read(JsonObject json) {
    Attempt.Draft a = Attempt.prepared(
        Integer.parseInt(Fields.text(json, "attempt")),
        new Token(Fields.text(json, "token")),
        Fields.text(json, "backend"),
        Instant.parse(Fields.text(json, "prepared")));
    a.memory = Fields.size(json, "memory_bytes");
    a.timeLimit = Fields.duration(json, "time_limit");
    a.retriesLeft = Integer.parseInt(Fields.text(json, "retries_left"));
    a.state = TaskState.valueOf(Fields.text(json, "state").toUpperCase(Locale.ROOT));
    a.cause = Fields.get(json, "cause", e -> FailureCause.of(e.getAsString()));
    a.reason = Fields.string(json, "reason");
    a.job = Fields.get(json, "job", e -> JobId.parse(e.getAsString()));
    a.directory = Fields.string(json, "directory");
    a.exitCode = Fields.integer(json, "exit_code");
    a.signal = Fields.integer(json, "signal");
    a.begun = Fields.instant(json, "begun");
    a.submitted = Fields.instant(json, "submitted");
    a.started = Fields.instant(json, "started");
    a.ended = Fields.instant(json, "ended");
    a.collected = Fields.instant(json, "collected");
    return a.attempt();
  }
}
