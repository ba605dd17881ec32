// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLHandshakeException;

/** Creates Jobs. The name comes from the token: whoever creates it again finds it. */
final class Submitter {
  private static final int TRIES = 3;
  private static final long BETWEEN_TRIES = 500;

  private final ApiClient api;
  private boolean knowsArrays;

  Submitter(ApiClient api) {
    this.api = api;
  }

  /**
   * Creates a Job, once.
   *
   * @throws Rejected when the server refused
   * @throws OutcomeUnknown when it may have been created
   * @throws BackendUnavailable when the server surely got no request
   * @throws Unsupported when the server is too old for arrays
   */
  void submit(Manifest manifest, SubmitRequest request, Jobs jobs) {
    JsonObject job = manifest.job();
    if (request.array() != null) {
      requireArrays(job, jobs);
    }
    JsonObject created = create(job, manifest.name(), request.token(), jobs);
    jobs.created(created);
    JsonObject secret = manifest.secret(created);
    if (secret != null) {
      addSecret(secret, manifest.name(), jobs);
    }
  }

  /**
   * Asks the server, once, without creating anything: one that does not know a field drops it
   * without a word (seen on 1.20).
   *
   * @throws Unsupported when the server is too old for arrays
   * @throws Rejected when the server refused
   * @throws BackendUnavailable when it cannot be asked
   */
  void requireArrays(JsonObject job, Jobs jobs) {
    if (knowsArrays) {
      return;
    }
    try {
      JsonObject echo = api.create(jobs.jobsPath("dryRun", "All"), job);
      boolean indexed = "Indexed".equals(Fields.text(echo, "spec", "completionMode"));
      if (!indexed || Fields.at(echo, "spec", "backoffLimitPerIndex") == null) {
        throw new Unsupported(
            api.server() + " (" + version() + ") is too old for arrays: it knows no "
                + (indexed ? "backoffLimitPerIndex" : "Indexed Jobs")
                + ", and arrays need 1.29; submit the elements as jobs of their own; nothing was submitted");
      }
      knowsArrays = true;
    } catch (ApiError e) {
      if (!e.isConflict()) {
        throw e.toHpc(api.server());
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private String version() {
    try {
      return Fields.textOr(api.get("/version"), "gitVersion", "of no version");
    } catch (IOException e) {
      return "of a version that it does not tell";
    }
  }

  private BackendUnavailable unreachable(IOException e) {
    return new BackendUnavailable(
        api.server() + " cannot be reached: " + K8sBackend.told(e) + "; nothing was submitted", e);
  }

  private JsonObject create(JsonObject job, String name, Token token, Jobs jobs) {
    IOException lost = null;
    for (int i = 0; i < TRIES; i++) {
      try {
        return api.create(jobs.jobsPath(), job);
      } catch (ApiError e) {
        if (e.isConflict()) {
          return confirmed(name, token, jobs, e);
        }
        if (!e.leavesOpen()) {
          throw e.toHpc(api.server());
        }
        lost = e;
      } catch (IOException e) {
        if (isNotReached(e) && lost == null) {
          throw unreachable(e);
        }
        lost = e;
      }
      rest();
    }
    throw new OutcomeUnknown(
        token, api.server() + " may have created job " + name + ": " + lost, lost);
  }

  /** The name is taken: by this very submission, whose answer was lost. */
  private JsonObject confirmed(String name, Token token, Jobs jobs, ApiError taken) {
    try {
      JsonObject there = api.get(jobs.jobPath(name));
      if (token.value().equals(Fields.label(there, Names.TOKEN))) {
        return there;
      }
      throw new Rejected(api.server() + ": " + taken.getMessage() + ", and is not of this token");
    } catch (IOException e) {
      throw new OutcomeUnknown(
          token, "job " + name + " is there and cannot be read: " + K8sBackend.told(e), e);
    }
  }

  private static boolean isNotReached(IOException e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof ConnectException
          || each instanceof HttpConnectTimeoutException
          || each instanceof UnresolvedAddressException
          || each instanceof SSLHandshakeException) {
        return true;
      }
    }
    return false;
  }

  /** The Job's pods wait for it; one that never comes would hold them up for ever. */
  private void addSecret(JsonObject secret, String name, Jobs jobs) {
    HpcException failure;
    try {
      api.create(jobs.path("secrets"), secret);
      return;
    } catch (ApiError e) {
      if (e.isConflict()) {
        return;
      }
      failure = e.toHpc(api.server());
    } catch (IOException e) {
      failure = new BackendUnavailable(
          api.server() + " did not take the secret environment: " + K8sBackend.told(e), e);
    }
    try {
      new Deletion(api, jobs).remove(name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    throw failure;
  }

  private static void rest() {
    try {
      Thread.sleep(BETWEEN_TRIES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
