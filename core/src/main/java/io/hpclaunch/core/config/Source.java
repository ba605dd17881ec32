// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

/**
 * One layer of the configuration: a file, a profile of one, the environment, the command line.
 *
 * @param kind what the layer is
 * @param name how messages name it
 * @param rank its place in the order of merging; the higher one wins
 * @param system the other system whose file was translated; empty for our own form, and for all
 *     that is no file
 */
record Source(Kind kind, String name, int rank, String system) {
  enum Kind {
    BUILT_IN,
    FILE,
    JAVA,
    ENVIRONMENT,
    COMMAND_LINE
  }

  static final Source BUILT_IN = new Source(Kind.BUILT_IN, "built-in", 0);

  Source(Kind kind, String name, int rank) {
    this(kind, name, rank, "");
  }

  static Source environment(String variable, int rank) {
    return new Source(Kind.ENVIRONMENT, "environment ".concat(variable), rank);
  }

  /**
   * Whether an entry that is made here is only configured, for the case that it is chosen: these
   * files have a section for each scheduler, whatever is used, and these variables one key of it.
   */
  boolean onlyConfigures() {
    return system.equals(SweepManagerFormat.NAME)
        || system.equals(CcatFormat.NAME)
        || (kind == Kind.ENVIRONMENT && rank == Environment.FOREIGN);
  }

  /** Whether a person typed the values as single words, where a bare number has no unit. */
  boolean typed() {
    return kind == Kind.ENVIRONMENT || kind == Kind.COMMAND_LINE;
  }
}
