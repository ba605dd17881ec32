// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static io.hpclaunch.api.ResourceWords.count;
import static io.hpclaunch.api.ResourceWords.countOrZero;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PBS select statement: chunks joined by {@code +}, each {@code [N:]RESOURCE=VALUE[:…]};
 * pbs_resources(7B).
 *
 * @param chunks the chunks, at least one
 */
record PbsSelect(List<Chunk> chunks) {

  /**
   * One chunk.
   *
   * @param count how many of it
   * @param ncpus its cpus, or null
   * @param mpiprocs its ranks, or null
   * @param ngpus its gpus, or null
   * @param mem its bytes, or null
   * @param more whether it has resources that no field stands for
   */
  record Chunk(
      int count,
      @Nullable Integer ncpus,
      @Nullable Integer mpiprocs,
      @Nullable Integer ngpus,
      @Nullable Long mem,
      boolean more) {

    int ranks() {
      return mpiprocs == null ? 1 : mpiprocs;
    }

    boolean fitsFields() {
      return !more && (ncpus == null || ncpus % ranks() == 0);
    }
  }

  static PbsSelect parse(String statement) {
    List<Chunk> chunks = new ArrayList<>();
    for (String chunk : statement.split("\\+", -1)) {
      chunks.add(chunk(statement, chunk));
    }
    return new PbsSelect(chunks);
  }

  private static Chunk chunk(String statement, String text) {
    int number = 1;
    Integer ncpus = null;
    Integer mpiprocs = null;
    Integer ngpus = null;
    Long mem = null;
    boolean more = false;
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String value = parts[i].substring(equals + 1);
      if (equals == 0 || value.isEmpty() || (equals < 0 && i > 0)) {
        throw new InvalidJob(
            "'" + parts[i] + "' in select=" + statement + " is neither a count nor RESOURCE=VALUE");
      }
      switch (equals < 0 ? "" : parts[i].substring(0, equals)) {
        case "" -> number = count("the count of a chunk", value);
        case "ncpus" -> ncpus = count("ncpus", value);
        case "mpiprocs" -> mpiprocs = count("mpiprocs", value);
        case "ngpus" -> ngpus = countOrZero("ngpus", value);
        case "mem" -> mem = MemorySize.parse(value, "b");
        default -> more = true;
      }
    }
    return new Chunk(number, ncpus, mpiprocs, ngpus, mem, more);
  }

  /** Whether the fields of {@link Resources} can say the same. */
  boolean fitsFields() {
    return chunks.size() == 1 && chunks.get(0).fitsFields();
  }

  /** The ranks of all chunks; PBS starts one in a chunk that does not tell. */
  long tasks() {
    long tasks = 0;
    for (Chunk chunk : chunks) {
      tasks += (long) chunk.count() * chunk.ranks();
    }
    return tasks;
  }

  /** Sets the fields that say the same; none where there are no such fields. */
  void setFields(Resources.Builder fields) {
    if (!fitsFields()) {
      return;
    }
    Chunk chunk = chunks.get(0);
    fields.nodes(chunk.count());
    fields.tasksPerNode(chunk.mpiprocs());
    fields.cpusPerTask(
        chunk.ncpus() == null ? null : Integer.valueOf(chunk.ncpus() / chunk.ranks()));
    fields.gpusPerNode(chunk.ngpus() == null || chunk.ngpus() == 0 ? null : chunk.ngpus());
    fields.memoryPerNode(chunk.mem());
  }
}
