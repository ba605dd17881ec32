// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.cli.output.Sizes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Shows how far a copy has come: a bar, how fast it goes, and how long it will take. */
final class CopyMeter implements CopyListener {
  private static final int BAR = 20;
  private static final long REDRAW = TimeUnit.MILLISECONDS.toNanos(100);

  /** The rate is that of the last seconds: what was long ago says little of what is to come. */
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(5);

  private final Progress line;
  private final LongSupplier nanos;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long files;
  private long bytes;
  private long filesDone;
  private long bytesDone;
  private long drawn;

  /** How far it was at some time. */
  private record Sample(long at, long files, long bytes) {}

  CopyMeter(Progress line, LongSupplier nanos) {
    this.line = line;
    this.nanos = nanos;
  }

  @Override
  public void planned(long allFiles, long allBytes) {
    files = allFiles;
    bytes = allBytes;
    filesDone = 0;
    bytesDone = 0;
    samples.clear();
    long now = nanos.getAsLong();
    samples.add(new Sample(now, 0, 0));
    drawn = now;
  }

  @Override
  public void copied(long more) {
    bytesDone += more;
    redraw();
  }

  @Override
  public void finished(String file) {
    filesDone++;
    redraw();
  }

  @Override
  public void ended() {
    line.clear();
  }

  private void redraw() {
    long now = nanos.getAsLong();
    if (now - drawn < REDRAW) {
      return;
    }
    drawn = now;
    samples.add(new Sample(now, filesDone, bytesDone));
    while (samples.size() > 2 && now - samples.getFirst().at() > WINDOW) {
      samples.removeFirst();
    }
    line.show(shown(now));
  }

  /** What stands on the line. */
  private String shown(long now) {
    Sample first = samples.getFirst();
    double seconds = Math.max(1e-9, (now - first.at()) / 1e9);
    double bytesPerSecond = Math.max(0, (bytesDone - first.bytes()) / seconds);
    double filesPerSecond = (filesDone - first.files()) / seconds;
    // Small files cost time though they have few bytes: what is behind counts.
    double left =
        Math.max(time(bytes - bytesDone, bytesPerSecond), time(files - filesDone, filesPerSecond));
    double share = bytes == 0 ? share(filesDone, files) : share(bytesDone, bytes);
    int full = (int) (share * BAR);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d%%  %s of %s, %d of %d files, %s/s, %s",
        "#".repeat(full),
        ".".repeat(BAR - full),
        (int) (share * 100),
        Sizes.size(bytesDone),
        Sizes.size(bytes),
        filesDone,
        files,
        Sizes.size((long) bytesPerSecond),
        Double.isInfinite(left) ? "no end in sight" : left(left));
  }

  private static double share(long done, long all) {
    return all == 0 ? 1 : Math.max(0, Math.min(1, (double) done / all));
  }

  private static double time(long left, double perSecond) {
    return left <= 0 ? 0 : perSecond <= 0 ? Double.POSITIVE_INFINITY : left / perSecond;
  }

  private static String left(double seconds) {
    long all = Math.round(seconds);
    return all < 3600
        ? String.format(Locale.ROOT, "%d:%02d left", all / 60, all % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d left", all / 3600, all / 60 % 60, all % 60);
  }
}
