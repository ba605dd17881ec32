// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.api.transport.TransportProvider;
import io.hpclaunch.core.transport.LocalTransport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plugins that tell what was done to them. */
final class FakeBackends {
  /** What happened to instances, in order. */
  static final List<String> EVENTS = new ArrayList<>();

  /** The contexts that were handed over, in order. */
  static final List<BackendContext> CONTEXTS = new ArrayList<>();

  /** The type whose scheduler is here. */
  static String present = "";

  private FakeBackends() {}

  static void reset() {
    EVENTS.clear();
    CONTEXTS.clear();
    present = "";
  }

  /** What all have in common. */
  abstract static class Base implements HPCBackend, Detectable {
    private @Nullable BackendContext context;

    @Override
    public void initialize(BackendContext given) {
      context = given;
      CONTEXTS.add(given);
      EVENTS.add("initialize " + given.name());
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      throw new AssertionError("nothing submits here");
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      throw new AssertionError("nothing queries here");
    }

    @Override
    public void cancel(Collection<NativeId> ids) {
      throw new AssertionError("nothing cancels here");
    }

    @Override
    public List<ConfigKey> configKeys() {
      return List.of(ConfigKey.of("partition", ConfigKey.Type.STRING, "the partition"));
    }

    @Override
    public Finding detect(Transport here) {
      EVENTS.add("detect " + name());
      return name().equals(present)
          ? Finding.present(name() + " answers")
          : Finding.absent("no " + name() + " here", "install it");
    }

    @Override
    public void close() {
      EVENTS.add("close " + (context == null ? "" : context.name()));
    }
  }

  /** Asked second. */
  public static final class Alpha extends Base implements QueueReporter {
    @Override
    public String name() {
      return "alpha";
    }

    @Override
    public boolean matches(String name) {
      return name.equals("alpha") || name.equals("alf");
    }

    @Override
    public int detectionOrder() {
      return 20;
    }

    @Override
    public Capabilities capabilities() {
      return Capabilities.of(Capability.ARRAYS);
    }

    @Override
    public List<QueueReporter.Entry> queue(boolean mineOnly) {
      return List.of();
    }
  }

  /** Asked first. */
  public static final class Beta extends Base {
    @Override
    public String name() {
      return "beta";
    }

    @Override
    public int detectionOrder() {
      return 10;
    }
  }

  /** Throws wherever it can. */
  public static final class Broken extends Base {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public int detectionOrder() {
      return 5;
    }

    @Override
    public Finding detect(Transport here) {
      throw new IllegalStateException("no luck");
    }

    @Override
    public void initialize(BackendContext given) {
      throw new IllegalStateException("no luck");
    }
  }

  /** Closes with an error. */
  public static final class Sticky extends Base {
    @Override
    public String name() {
      return "sticky";
    }

    @Override
    public int detectionOrder() {
      return 1000;
    }

    @Override
    public void close() {
      super.close();
      throw new IllegalStateException("stuck");
    }
  }

  /** A way to a host that is this one. */
  public static final class Pigeons implements TransportProvider {
    @Override
    public String name() {
      return "pigeon";
    }

    @Override
    public List<ConfigKey> configKeys() {
      return List.of(ConfigKey.of("host", ConfigKey.Type.STRING, "where to"));
    }

    @Override
    public Transport open(Settings settings) {
      EVENTS.add("fly to " + settings.string("host").orElseThrow());
      return new LocalTransport();
    }
  }
}
