// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.code;

import java.io.ObjectInputFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The classes that may be made of bytes that came from elsewhere: values of the JDK, and what the
 * user allows. All others are refused, whatever stands on the class path.
 */
public final class AllowList {
  /** Values, collections, exceptions and lambdas of the JDK; nothing that acts when it is read. */
  private static final List<String> ALWAYS = List.of(
      "java.lang.Boolean",
      "java.lang.Byte",
      "java.lang.Character",
      "java.lang.Double",
      "java.lang.Enum",
      "java.lang.Float",
      "java.lang.Integer",
      "java.lang.Long",
      "java.lang.Number",
      "java.lang.Object",
      "java.lang.Record",
      "java.lang.Short",
      "java.lang.StackTraceElement",
      "java.lang.String",
      "java.lang.StringBuilder",
      "java.lang.StringBuffer",
      "java.lang.Void",
      "java.lang.invoke.SerializedLambda",
      "java.math.*",
      "java.net.InetAddress",
      "java.net.URI",
      "java.text.*",
      "java.time.**",
      "java.util.*",
      "java.util.concurrent.*",
      "java.util.concurrent.atomic.*",
      "java.util.regex.Pattern");

  /** How deep, how wide. A graph beyond these is an attack or a mistake. */
  private static final String LIMITS = "maxdepth=10000;maxarray=2147483639;";

  private final List<String> patterns;
  private final ObjectInputFilter named;

  private AllowList(List<String> patterns) {
    this.patterns = List.copyOf(patterns);
    this.named = ObjectInputFilter.Config.createFilter(
        LIMITS + String.join(";", ALWAYS) + ";" + String.join(";", patterns));
  }

  /**
   * Allows more than the JDK's values.
   *
   * @param patterns of {@link ObjectInputFilter.Config#createFilter}: {@code org.example.Point},
   *     {@code org.example.*}, {@code org.example.**}
   * @return the list
   * @throws IllegalArgumentException when a pattern cannot be one
   */
  public static AllowList of(List<String> patterns) {
    for (String pattern : patterns) {
      check(pattern);
    }
    return new AllowList(patterns);
  }

  private static void check(String pattern) {
    boolean isName = !pattern.isBlank() && pattern.indexOf(';') < 0 && pattern.indexOf('=') < 0;
    if (!isName || pattern.startsWith("!") || pattern.equals("*") || pattern.equals("**")) {
      throw new IllegalArgumentException("'" + pattern
          + "' does not name classes: write org.example.Point, org.example.* or org.example.**");
    }
  }

  /**
   * The same, and more.
   *
   * @param more patterns
   * @return a new list
   */
  public AllowList and(Iterable<String> more) {
    Set<String> all = new LinkedHashSet<>(patterns);
    more.forEach(all::add);
    return of(new ArrayList<>(all));
  }

  /**
   * What it allows beside the JDK's values.
   *
   * @return the patterns
   */
  public List<String> patterns() {
    return patterns;
  }

  /** A filter that remembers what it refused. */
  Filter filter() {
    return new Filter();
  }

  /** Asked by one stream. */
  final class Filter implements ObjectInputFilter {
    private @Nullable String refused;

    @Override
    public Status checkInput(FilterInfo info) {
      Class<?> type = info.serialClass();
      if (type != null && isThrowable(type)) {
        return Status.ALLOWED;
      }
      Status status = named.checkInput(info);
      if (type == null) { // a limit
        return status;
      }
      if (status != Status.ALLOWED && !element(type).isPrimitive()) {
        refused = element(type).getName();
        return Status.REJECTED;
      }
      return status == Status.REJECTED ? status : Status.ALLOWED;
    }

    /** The JDK's own exceptions: they hold text and other exceptions. */
    private boolean isThrowable(Class<?> type) {
      return Throwable.class.isAssignableFrom(type)
          && type.getName().startsWith("java.")
          && type.getClassLoader() == null;
    }

    private Class<?> element(Class<?> type) {
      Class<?> element = type;
      while (element.isArray()) {
        element = element.getComponentType();
      }
      return element;
    }

    /** The class that was refused, or null. */
    @Nullable String refused() {
      return refused;
    }
  }
}
