// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Rejected;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job or an element has written, as the cluster keeps it. Followed, it waits for the start
 * and goes on after a connection that broke: what was read is not told again.
 */
final class PodLog extends InputStream {
  private static final long PAUSE = 300;

  private final ApiClient api;
  private final Jobs jobs;
  private final String job;
  private final @Nullable Integer index;
  private final boolean follow;
  private InputStream now = InputStream.nullInputStream();
  private @Nullable String pod;
  private @Nullable String whole;
  private long read;
  private boolean last;

  PodLog(ApiClient api, Jobs jobs, String job, @Nullable Integer index, boolean follow) {
    this.api = api;
    this.jobs = jobs;
    this.job = job;
    this.index = index;
    this.follow = follow;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      try {
        int n = now.read(buffer, from, length);
        boolean isOutput = n > 0 && !(KubeletWords.mayBe(buffer, from, n) && isLeaving());
        if (isOutput) {
          read += n;
          return n;
        }
        whole = pod;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (!follow) {
          throw e;
        }
        last = false; // it broke: what is missing is asked for again
        whole = null;
      }
      now.close();
      if (last) {
        return -1;
      }
      look();
    }
  }

  /** Whether the job, or the pod that is read, is on its way out, and its log with it. */
  private boolean isLeaving() throws IOException {
    JobReading reading = jobs.fresh(job);
    PodReading newest = reading == null ? null : newest(reading);
    return reading == null || reading.isBeingDeleted() || newest == null || newest.isBeingDeleted();
  }

  private @Nullable PodReading newest(JobReading reading) {
    return reading.newest(index == null ? null : reading.index(index));
  }

  /** Opens what comes next: asked before it is opened, the end is not overlooked. */
  private void look() throws IOException {
    while (true) {
      try {
        // A watch may not have told yet that the job, and its log, is gone.
        JobReading reading = follow ? jobs.read(List.of(job)).get(job) : jobs.fresh(job);
        if (isOpened(reading) || last) {
          return;
        }
      } catch (ApiError e) {
        if (e.code() < 500 && e.code() != 400 && !e.isNotFound()) {
          throw e.toHpc(api.server());
        }
      } catch (IOException e) {
        if (!follow || e instanceof InterruptedIOException) {
          throw new BackendUnavailable(
              api.server() + " cannot be asked for the log of " + job + ": " + e, e);
        }
      }
      rest();
    }
  }

  /** Whether there is something to read; {@link #last} says whether more may come. */
  private boolean isOpened(@Nullable JobReading reading) throws IOException {
    if (reading == null && pod == null) {
      throw new Rejected(api.server() + " has no Job " + job + " any more, and its log went with"
          + " it; config.ttl says how long it keeps what has ended");
    }
    PodReading newest = reading == null ? null : newest(reading);
    boolean isRead = newest != null && newest.isBeingDeleted() && newest.name().equals(whole);
    last = !follow
        || reading == null
        || hasEnded(reading, newest)
        || (isRead && reading.isBeingDeleted());
    if (newest != null && newest.isRunning() && !isRead) {
      open(newest.name());
      return true;
    }
    now = InputStream.nullInputStream();
    return false;
  }

  private static boolean hasEnded(JobReading job, @Nullable PodReading newest) {
    return newest == null ? job.isFinal() : newest.hasEnded();
  }

  private void open(String name) throws IOException {
    if (!name.equals(pod)) {
      pod = name;
      whole = null;
      read = 0; // another attempt writes anew
    }
    InputStream all = api.stream(jobs.podsPath() + "/" + name + "/log"
        + ApiClient.parameters("container", Names.CONTAINER, "follow", String.valueOf(!last)));
    all.skipNBytes(read);
    now = all;
  }

  private static void rest() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a log was followed");
    }
  }

  @Override
  public void close() throws IOException {
    now.close();
  }
}
