// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

/**
 * One layer of the configuration: a file, a profile of one, the environment, the command line.
 *
 * @param kind what the layer is
 * @param name how messages name it
 * @param rank its place in the order of merging; the higher one wins
 */
record Source(Kind kind, String name, int rank) {
  enum Kind {
    BUILT_IN,
    /** A file with a format of our own. */
    FILE,
    /** A file of another system, translated. */
    FOREIGN_FILE,
    JAVA,
    ENVIRONMENT,
    COMMAND_LINE
  }

  static final Source BUILT_IN = new Source(Kind.BUILT_IN, "built-in", 0);

  static Source environment(String variable, int rank) {
    return new Source(Kind.ENVIRONMENT, "environment ".concat(variable), rank);
  }

  /** Whether a person typed the values as single words, where a bare number has no unit. */
  boolean typed() {
    return kind == Kind.ENVIRONMENT || kind == Kind.COMMAND_LINE;
  }
}
