// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

/**
 * Where one value stands.
 *
 * @param source the layer
 * @param line the line of a file, from 1; 0 where there are no lines
 */
record Origin(Source source, int line) {
  /** What becomes of the origin of a value that is taken over into another layer. */
  sealed interface Move {
    Origin of(Origin origin);
  }

  /** A file turns out to be another system's. */
  record ToSource(Source source) implements Move {
    @Override
    public Origin of(Origin origin) {
      return new Origin(source, origin.line());
    }
  }

  /** A profile is laid over everything else. */
  record ToProfile(String name, int rank) implements Move {
    @Override
    public Origin of(Origin origin) {
      Source file = origin.source();
      String told = "profile ".concat(name).concat(" in ").concat(file.name());
      return new Origin(new Source(file.kind(), told, rank, file.system()), origin.line());
    }
  }

  static Origin of(Source source) {
    return new Origin(source, 0);
  }

  /** Such as {@code site.yaml:12}. */
  String text() {
    StringBuilder text = new StringBuilder(source.name());
    if (line > 0) {
      text.append(':').append(line);
    }
    if (!source.system().isEmpty()) {
      text.append(" (").append(source.system()).append(')');
    }
    return text.toString();
  }
}
