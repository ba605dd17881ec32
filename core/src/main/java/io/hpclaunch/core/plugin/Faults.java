// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import java.util.ServiceConfigurationError;

/** Says in one line why a plugin failed. */
final class Faults {
  private static final int LONGEST = 300;

  private Faults() {}

  /** Passes on what no plugin is to blame for and nobody should go on after. */
  static void passOnFatal(Throwable t) {
    if (t instanceof VirtualMachineError error && !(t instanceof StackOverflowError)) {
      throw error;
    }
  }

  static String explain(Throwable fault) {
    Throwable cause = fault.getCause();
    if (cause != null
        && (fault instanceof ServiceConfigurationError
            || fault instanceof ExceptionInInitializerError)) {
      return explain(cause);
    }
    String text = String.valueOf(fault.getMessage());
    if (fault instanceof UnsupportedClassVersionError) {
      return newerJava(text);
    }
    if (fault instanceof ClassNotFoundException) {
      return "there is no class " + text;
    }
    if (fault instanceof NoClassDefFoundError && text.indexOf(' ') < 0) {
      return "it needs the class " + text.replace('/', '.') + ", which is missing";
    }
    if (fault instanceof InstantiationException) {
      return "it is abstract";
    }
    String kind = fault.getClass().getSimpleName();
    return printable(fault.getMessage() == null ? kind : kind + ": " + text);
  }

  /** Java 17 wrote class files of version 61, and every release since adds one. */
  private static String newerJava(String message) {
    String mark = "class file version ";
    int at = message.indexOf(mark);
    int dot = at < 0 ? -1 : message.indexOf('.', at);
    if (dot < 0) {
      return printable(message);
    }
    try {
      int needed = Integer.parseInt(message.substring(at + mark.length(), dot)) - 44;
      return "it is compiled for Java " + needed + ", this is Java "
          + Runtime.version().feature();
    } catch (NumberFormatException e) {
      return printable(message);
    }
  }

  /** A plugin may say anything; a message is one line of text. */
  static String printable(String text) {
    String line = text.strip();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(line.length(), LONGEST); i++) {
      char c = line.charAt(i);
      out.append(Character.isISOControl(c) ? ' ' : c);
    }
    return line.length() > LONGEST ? out.append('…').toString() : out.toString();
  }
}
