// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.code.AllowList;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/**
 * What a worker is started with, as it stands in a file. Where the broker is stands in another one,
 * {@link io.hpclaunch.pool.amqp.BrokerFile}, since it changes.
 *
 * @param pool the pool's id
 * @param cpus what all tasks of a worker may take together
 * @param cpusTask what a task takes that says nothing else
 * @param gpus how many gpus it deals out
 * @param store the folder of the store
 * @param inlineLimit the most bytes of a result that go through the broker
 * @param idle how long a worker without tasks, or without the broker, stays; zero: for ever
 * @param drain how long running tasks are given when the worker's job is ended
 * @param warned how long they are given when its walltime comes near
 * @param allow classes that tasks may be made of, beside the JDK's values
 */
public record WorkerSettings(
    String pool,
    double cpus,
    double cpusTask,
    int gpus,
    Path store,
    int inlineLimit,
    Duration idle,
    Duration drain,
    Duration warned,
    AllowList allow) {
  /**
   * As the text of a properties file.
   *
   * @return what {@link #read} reads, as UTF-8
   */
  public String toText() {
    Properties properties = new Properties();
    properties.setProperty("pool", pool);
    properties.setProperty("cpus", Double.toString(cpus));
    properties.setProperty("cpus_task", Double.toString(cpusTask));
    properties.setProperty("gpus", Integer.toString(gpus));
    properties.setProperty("store", store.toString());
    properties.setProperty("inline_limit", Integer.toString(inlineLimit));
    properties.setProperty("idle_millis", Long.toString(idle.toMillis()));
    properties.setProperty("drain_millis", Long.toString(drain.toMillis()));
    properties.setProperty("warned_millis", Long.toString(warned.toMillis()));
    properties.setProperty("allow", String.join("\n", allow.patterns()));
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has none
    }
    return text.toString();
  }

  /**
   * Reads a file.
   *
   * @param file written with {@link #toText}
   * @return the settings
   * @throws IOException when it cannot be read
   */
  public static WorkerSettings read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  static WorkerSettings parse(String text) throws IOException {
    Properties properties = new Properties();
    try (Reader in = new StringReader(text)) {
      properties.load(in);
    }
    String allow = properties.getProperty("allow", "");
    return new WorkerSettings(
        properties.getProperty("pool", ""),
        Double.parseDouble(properties.getProperty("cpus", "1")),
        Double.parseDouble(properties.getProperty("cpus_task", "1")),
        Integer.parseInt(properties.getProperty("gpus", "0")),
        Path.of(properties.getProperty("store", "")),
        Integer.parseInt(properties.getProperty("inline_limit", "65536")),
        millis(properties, "idle_millis"),
        millis(properties, "drain_millis"),
        millis(properties, "warned_millis"),
        AllowList.of(allow.isEmpty() ? List.of() : List.of(allow.split("\n", -1))));
  }

  private static Duration millis(Properties properties, String key) {
    return Duration.ofMillis(Long.parseLong(properties.getProperty(key, "0")));
  }
}
