// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Locale;

/**
 * Sets Logback up, when the first thing logs and not before: warnings go to standard error as lines
 * of the command. Written in Java because reading a logback.xml takes longer than most commands.
 */
public final class CliLogging extends ContextAwareBase implements Configurator {
  private static volatile Level level = Level.WARN;

  /** Made by Logback. */
  public CliLogging() {}

  /** Asks for everything that is logged by this project. Call it before anything logs. */
  public static void debug() {
    level = Level.DEBUG;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Lines lines = new Lines();
    lines.setContext(context);
    lines.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(lines);
    context.getLogger("io.hpclaunch").setLevel(level);
    // What these warn of, the transport and the pools tell in words of their own.
    for (String library : List.of("org.apache.sshd", "org.apache.qpid", "com.rabbitmq")) {
      context.getLogger(library).setLevel(level == Level.DEBUG ? Level.WARN : Level.OFF);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** The line for an event; what went wrong is told in it, and traced with {@code --debug} only. */
  static String line(ILoggingEvent event) {
    Level of = event.getLevel();
    String kind = of == Level.WARN ? "warning" : of.toString().toLowerCase(Locale.ROOT);
    return "hpc: " + kind + ": " + event.getFormattedMessage();
  }

  /** Writes to whatever standard error is at that time. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      System.err.println(line(event));
      if (level == Level.DEBUG && event.getThrowableProxy() != null) {
        System.err.print(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
  }
}
