// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import java.util.ArrayList;
import java.util.List;

/** The cpus and gpus of a worker, and who has them. Used by one thread at a time. */
final class Shares {
  /** Sums of fractions: ten tenths are one. */
  private static final double ROUNDING = 1e-9;

  /** Tasks that take less are counted as if they took this. */
  private static final double LEAST = 0.01;

  private final double cpus;
  private final List<String> gpus;
  private final List<String> freeGpus;
  private double used;

  /** What a task holds. */
  record Share(double cpus, List<String> gpus) {}

  Shares(double cpus, List<String> gpus) {
    this.cpus = cpus;
    this.gpus = List.copyOf(gpus);
    this.freeGpus = new ArrayList<>(gpus);
  }

  /** Whether a task could ever run here. */
  boolean canEverHold(double wantedCpus, int wantedGpus) {
    return wantedCpus <= cpus + ROUNDING && wantedGpus <= gpus.size();
  }

  /** How many tasks that take as much have room beside each other; at least 1. */
  int slots(double wantedCpus) {
    return Math.max(1, (int) ((cpus + ROUNDING) / Math.max(wantedCpus, LEAST)));
  }

  boolean isFree(double wantedCpus, int wantedGpus) {
    return used + wantedCpus <= cpus + ROUNDING && wantedGpus <= freeGpus.size();
  }

  Share take(double wantedCpus, int wantedGpus) {
    List<String> dealt = List.copyOf(freeGpus.subList(0, wantedGpus));
    freeGpus.subList(0, wantedGpus).clear();
    used += wantedCpus;
    return new Share(wantedCpus, dealt);
  }

  void giveBack(Share share) {
    used -= share.cpus();
    freeGpus.addAll(share.gpus());
  }

  double cpus() {
    return cpus;
  }

  int gpus() {
    return gpus.size();
  }
}
