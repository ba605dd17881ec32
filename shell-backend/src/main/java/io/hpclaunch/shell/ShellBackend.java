// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReporter;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Unsupported;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The machine at hand, or one behind SSH, without a scheduler. Found by {@code shell},
 * {@code local} and {@code none}.
 *
 * <p>This version tells what the machine has, and carries the topology that launchers count with.
 * Running jobs is not part of it yet.
 *
 * @since 0.1
 */
public final class ShellBackend implements HPCBackend, Detectable, ResourceReporter {
  private static final String NAME = "shell";
  private static final int ASKED_LAST = 1000;

  private @Nullable BackendContext context;

  /** Made by the service loader. */
  public ShellBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean matches(String name) {
    return name.equals(NAME) || name.equals("local") || name.equals("none");
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of(
        ConfigKey.of(
            "cores_per_socket",
            ConfigKey.Type.INTEGER,
            "cores of each socket; default: the machine's"),
        ConfigKey.of(
            "sockets_per_node", ConfigKey.Type.INTEGER, "sockets of the machine; default: its own"),
        ConfigKey.of(
            "nnode",
            ConfigKey.Type.INTEGER,
            "number of such machines that launchers count with; default: 1"));
  }

  @Override
  public void initialize(BackendContext context) {
    this.context = context;
  }

  @Override
  public int detectionOrder() {
    return ASKED_LAST;
  }

  @Override
  public Finding detect() {
    return Finding.present("the shell is always there");
  }

  @Override
  public ResourceReport resources() {
    BackendContext c = context();
    HostFacts facts = HostFacts.ask(c.transport());
    Settings config = c.config();
    int sockets = atLeastOne(config, "sockets_per_node", facts.sockets());
    int cores = atLeastOne(config, "cores_per_socket", facts.coresPerSocket());
    ResourceReport.NodeGroup node = new ResourceReport.NodeGroup(
        facts.name(),
        null,
        atLeastOne(config, "nnode", 1),
        "up",
        sockets,
        cores,
        facts.processors(),
        facts.memory() == 0 ? null : facts.memory(),
        facts.gpus());
    return new ResourceReport(List.of(node), List.of());
  }

  private static int atLeastOne(Settings config, String key, int otherwise) {
    int value = config.integer(key).orElse(otherwise);
    if (value < 1) {
      throw new InvalidConfiguration(config.origin(key).orElse("configuration") + ": " + key
          + " must be at least 1, not " + value);
    }
    return value;
  }

  private BackendContext context() {
    BackendContext c = context;
    if (c == null) {
      throw new IllegalStateException("not initialized");
    }
    return c;
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    throw noJobs();
  }

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    throw noJobs();
  }

  @Override
  public void cancel(Collection<NativeId> ids) {
    throw noJobs();
  }

  private static Unsupported noJobs() {
    return new Unsupported("the shell backend of this version does not run jobs");
  }
}
