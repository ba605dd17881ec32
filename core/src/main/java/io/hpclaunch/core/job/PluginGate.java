// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.plugin.ContextLoader;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way to a plugin: one call at a time, and whatever it throws or forgets becomes an answer that
 * can be worked with. A failure never says anything about a job.
 */
public final class PluginGate {
  private final HPCBackend plugin;
  private final Set<Capability> withheld;
  private final Object turn = new Object();
  private volatile @Nullable Capabilities capabilities;

  /**
   * Makes a gate.
   *
   * @param plugin the plugin, initialized
   * @param withheld what core cannot do for it here, whatever the plugin can
   */
  public PluginGate(HPCBackend plugin, Set<Capability> withheld) {
    this.plugin = plugin;
    this.withheld = withheld;
  }

  /**
   * Asks the plugin, when no other call is under way.
   *
   * @param question what to ask
   * @return the plugin's answer
   */
  public <T> T ask(Function<HPCBackend, T> question) {
    synchronized (turn) {
      return ContextLoader.within(plugin, () -> question.apply(plugin));
    }
  }

  /**
   * What the plugin and core can do; asked until it tells the largest index of an array, which the
   * scheduler may not tell at first.
   *
   * @return the capabilities
   */
  public Capabilities capabilities() {
    Capabilities known = capabilities;
    if (known == null) {
      known = without(withheld, ask(HPCBackend::capabilities));
      capabilities = known.maxArrayIndex() == null ? null : known;
    }
    return known;
  }

  private static Capabilities without(Set<Capability> withheld, Capabilities told) {
    Set<Capability> left = new HashSet<>(told.all());
    left.removeAll(withheld);
    return new Capabilities(left, told.maxArrayIndex());
  }

  Duration pollingInterval() {
    return ask(HPCBackend::pollingInterval);
  }

  String script(SubmitRequest request) {
    return ask(p -> p.script(request));
  }

  /** A plugin that fails in a way of its own may have submitted before. */
  NativeId submit(SubmitRequest request) {
    try {
      return ask(p -> p.submit(request));
    } catch (HpcException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new OutcomeUnknown(request.token(), "the plugin failed while it submitted: " + e, e);
    }
  }

  /** An observation for each id, whatever the plugin does. */
  Map<NativeId, Observation> query(Collection<NativeId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<NativeId, Observation> answers;
    Observation none = Observation.notAnswered("the plugin gave no answer for it");
    try {
      answers = ask(p -> p.query(ids));
    } catch (HpcException e) {
      answers = Map.of();
      none = Observation.notAnswered(String.valueOf(e.getMessage()));
    } catch (RuntimeException | LinkageError e) {
      answers = Map.of();
      none = Observation.notAnswered("the plugin failed: " + e);
    }
    Map<NativeId, Observation> all = new HashMap<>(ids.size() * 2);
    for (NativeId id : ids) {
      Observation answer = answers.get(id);
      all.put(id, answer == null ? none : answer);
    }
    return all;
  }

  void cancel(Collection<NativeId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    try {
      ask(p -> {
        p.cancel(ids);
        return ids;
      });
    } catch (HpcException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new BackendUnavailable("the plugin failed to cancel: " + e, e);
    }
  }

  /** Removes what the plugin keeps of jobs that have ended. */
  void forget(Collection<NativeId> ids) {
    try {
      ask(p -> {
        p.forget(ids);
        return ids;
      });
    } catch (HpcException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new BackendUnavailable("the plugin failed to forget: " + e, e);
    }
  }

  /** What was found; empty where the plugin cannot look, or could not. */
  Optional<Map<Token, NativeId>> find(Collection<Token> tokens, Instant since) {
    try {
      return Optional.of(ask(p -> p.find(tokens, since)));
    } catch (Unsupported e) {
      return Optional.of(Map.of());
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }

  /** Closes the plugin; the one call that may come beside another. */
  public void close() {
    @Nullable ClassLoader before = ContextLoader.enter(plugin);
    try {
      plugin.close();
    } finally {
      ContextLoader.leave(before);
    }
  }
}
