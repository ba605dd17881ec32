// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the plugin itself promises to core: how it is found, and what its methods answer. */
interface PluginContract extends BackendUnderTest {
  @Test
  default void itIsFoundByItsName() {
    List<String> found = hpc().runtime().plugins().stream()
        .filter(plugin -> plugin.kind() == PluginInfo.Kind.BACKEND)
        .map(PluginInfo::name)
        .toList();
    assertTrue(
        found.contains(type()),
        () -> "no backend '" + type() + "' in META-INF/services on the class path: " + found);
    assertEquals(type(), hpc().backend().type());
  }

  @Test
  default void itsNameIsAWordAndStays() {
    HPCBackend plugin = instance();
    assertTrue(plugin.name().matches("[A-Za-z0-9._-]+"), () -> "'" + plugin.name() + "'");
    assertEquals(plugin.name(), instance().name());
    try (HPCBackend initialized = initialized(new LocalTransport())) {
      assertEquals(plugin.name(), initialized.name());
    }
  }

  @Test
  default void itAnswersToItsNameAndNotToAnything() {
    HPCBackend plugin = instance();
    assertTrue(plugin.matches(plugin.name()), "its own name");
    for (String other : List.of("", " ", plugin.name() + "\n", "no-such-backend", "/", "*")) {
      assertFalse(plugin.matches(other), () -> "'" + other + "'");
    }
  }

  @Test
  default void itsKeysAreDeclaredOnce() {
    Set<String> names = new HashSet<>();
    for (ConfigKey key : instance().configKeys()) {
      assertFalse(key.name().isBlank(), "a key has a name");
      assertTrue(names.add(key.name()), () -> "declared twice: " + key.name());
      assertFalse(key.description().isBlank(), () -> key.name() + " has a description");
      assertFalse(key.description().contains("\n"), () -> key.name() + " is described in a line");
    }
  }

  @Test
  default void aKeyThatItDoesNotKnowIsRefusedByName() {
    Map<String, ?> wrong = Map.of("config", Map.of("no_such_key_of_ours", 1));
    InvalidConfiguration refusal =
        assertThrows(InvalidConfiguration.class, () -> hpc().runtime().open(type(), wrong));
    Checks.names(refusal, "no_such_key_of_ours");
  }

  @Test
  default void whatItIsAsksNobody() {
    assumeTrue(usesTransport(), type() + " (uses no transport)");
    HPCBackend plugin = initialized(FaultyTransport.forbidden());
    plugin.configKeys();
    plugin.defaultLauncher();
    assertFalse(plugin.pollingInterval().compareTo(Duration.ZERO) <= 0, "an interval");
    plugin.close();
  }

  @Test
  default void whatItCanDoIsAlwaysTheSame() {
    try (HPCBackend plugin = initialized(new LocalTransport())) {
      assertEquals(plugin.capabilities(), plugin.capabilities());
      Set<Capability> told = new HashSet<>(plugin.capabilities().all());
      if (entry().containsKey("transport")) {
        told.remove(Capability.LAUNCHERS); // core plans them on the host that it runs on
      }
      assertEquals(told, hpc().backend().capabilities().all());
    }
  }

  @Test
  default void toCloseTwiceDoesNoHarm() {
    HPCBackend plugin = initialized(new LocalTransport());
    plugin.close();
    plugin.close();
  }

  @Test
  default void theScriptIsPure() {
    withPlugin(plugin -> {
      DirectRequest request = prepare(plugin, hpc().job("pure").command("true").build());
      List<Path> before = Folders.files(hpc().folder());
      assertEquals(plugin.script(request), plugin.script(request));
      assertEquals(before, Folders.files(hpc().folder()), "files");
    });
  }

  @Test
  default void aJobRunsOnceAndItsEndIsTold() {
    withPlugin(plugin -> {
      DirectRequest request =
          prepare(plugin, hpc().job("direct").shell("exit 3").build());
      NativeId id = plugin.submit(request);
      Observation end = end(plugin, request, id);
      if (end instanceof Observation.Seen seen) {
        assertEquals(JobState.FAILED, seen.info().state(), seen::toString);
      }
      List<String> announced = lines(request.file("announced"));
      assertEquals(1, announced.size(), () -> "started once: " + announced);
      assertEquals(id.value(), announced.get(0).split(" ", -1)[2], "the id that the job knows");
      assertTrue(lines(request.file("exit")).contains("status=3"), "the exit record");
    });
  }

  @Test
  default void aQuestionIsAnsweredForEachIdAndForNoOther() {
    withPlugin(plugin -> {
      DirectRequest first = prepare(plugin, hpc().job("first").command("true").build());
      DirectRequest second = prepare(plugin, hpc().job("second").command("true").build());
      NativeId one = plugin.submit(first);
      NativeId two = plugin.submit(second);
      NativeId never = NativeId.of(unknownNativeId());
      assertEquals(Set.of(one, never), plugin.query(List.of(one, never)).keySet());
      end(plugin, first, one);
      end(plugin, second, two);
      Map<NativeId, Observation> told = plugin.query(List.of(never, two, one));
      assertEquals(Set.of(one, two, never), told.keySet());
      assertNotKnown(Checks.answer(told, never));
    });
  }

  private static void assertNotKnown(Observation observation) {
    Observation.NotKnown unknown =
        assertInstanceOf(Observation.NotKnown.class, observation, "of a job that never was");
    assertFalse(unknown.evidence().isBlank(), "what was asked and answered");
  }

  @Test
  default void aQuestionAboutNothingHasNoAnswer() {
    withPlugin(plugin -> assertEquals(Map.of(), plugin.query(List.of())));
  }

  @Test
  default void aWholeArrayIsToldByItsElements() {
    Checks.needs(this, Capability.ARRAYS);
    withPlugin(plugin -> {
      JobSpec spec = hpc()
          .job("array")
          .array(ArrayRange.parse("2-4:2"))
          .command("sleep", "3600")
          .build();
      NativeId whole = plugin.submit(prepare(plugin, spec));
      try {
        Observation told = plugin.query(List.of(whole)).get(whole);
        Observation.SeenArray array = assertInstanceOf(Observation.SeenArray.class, told);
        assertTrue(Set.of(2, 4).containsAll(array.elements().keySet()), array::toString);
        NativeId element = whole.element(4);
        hpc()
            .until(
                "the element is seen",
                () -> plugin.query(List.of(element)).get(element) instanceof Observation.Seen);
      } finally {
        plugin.cancel(List.of(whole));
      }
    });
  }

  @Test
  default void whatEndedOrNeverWasIsNotCancelled() {
    withPlugin(plugin -> {
      DirectRequest request = prepare(plugin, hpc().job("ended").command("true").build());
      NativeId id = plugin.submit(request);
      end(plugin, request, id);
      plugin.cancel(List.of());
      plugin.cancel(List.of(NativeId.of(unknownNativeId()), id));
      plugin.cancel(List.of(id));
      if (plugin.query(List.of(id)).get(id) instanceof Observation.Seen seen) {
        assertEquals(JobState.COMPLETED, seen.info().state(), seen::toString);
      }
    });
  }

  @Test
  default void aJobIsFoundByItsToken() {
    withPlugin(plugin -> {
      Instant before = Instant.now().minusSeconds(1);
      DirectRequest request = prepare(plugin, hpc().job("token").command("true").build());
      NativeId id = plugin.submit(request);
      Token never = Token.random();
      try {
        assertEquals(
            Map.of(request.token(), id), plugin.find(List.of(never, request.token()), before));
      } catch (Unsupported e) {
        assertFalse(Checks.message(e).isBlank(), "why not");
      } finally {
        end(plugin, request, id);
      }
    });
  }

  @Test
  default void aSchedulerThatCannotBeReachedSaysNothingOfAnyJob() {
    assumeTrue(usesTransport(), type() + " (uses no transport)");
    NativeId id = NativeId.of(unknownNativeId());
    try (HPCBackend plugin = initialized(FaultyTransport.unreachable())) {
      Map<NativeId, Observation> told = plugin.query(List.of(id));
      assertEquals(Set.of(id), told.keySet());
      assertInstanceOf(Observation.NotAnswered.class, told.get(id));
      assertThrows(BackendUnavailable.class, () -> plugin.cancel(List.of(id)));
      DirectRequest request = prepare(plugin, hpc().job("cut").command("true").build());
      assertOutcome(request, assertThrows(HpcException.class, () -> plugin.submit(request)));
    }
  }

  @Test
  default void aSubmissionWhoseAnswerIsLostIsNotDenied() {
    assumeTrue(usesTransport(), type() + " (uses no transport)");
    withPlugin(plugin -> {
      DirectRequest lost = prepare(plugin, hpc().job("lost").command("true").build());
      try (HPCBackend deaf = initialized(FaultyTransport.losingAnswers())) {
        deaf.submit(lost);
      } catch (HpcException e) {
        assertOutcome(lost, e);
        if (e instanceof BackendUnavailable) {
          DirectRequest next = prepare(plugin, hpc().job("next").command("true").build());
          end(plugin, next, plugin.submit(next));
          assertFalse(lost.hasBegun(), "a submission that was denied runs");
        }
      }
    });
  }

  private static void assertOutcome(DirectRequest request, HpcException outcome) {
    if (outcome instanceof OutcomeUnknown unknown) {
      assertEquals(request.token(), unknown.token());
    } else {
      assertInstanceOf(BackendUnavailable.class, outcome);
    }
  }

  private HPCBackend instance() {
    for (HPCBackend plugin : ServiceLoader.load(HPCBackend.class)) {
      if (plugin.name().equals(type())) {
        return plugin;
      }
    }
    return fail("no backend '" + type() + "' in META-INF/services on the class path");
  }

  private HPCBackend initialized(Transport transport) {
    HPCBackend plugin = instance();
    BackendEntry.of(type(), hpc().wholeEntry()).check(plugin.configKeys());
    plugin.initialize(DirectContext.of(this, transport));
    return plugin;
  }

  /** With the plugin alone; its files must be this machine's. */
  private void withPlugin(Consumer<HPCBackend> test) {
    Checks.needsJobsHere(this);
    try (Transport way = transport();
        HPCBackend plugin = initialized(way)) {
      assumeTrue(
          way.isLocal() != entry().containsKey("transport"),
          type() + " (no transport to test the plugin with)");
      test.accept(plugin);
    }
  }

  private DirectRequest prepare(HPCBackend plugin, JobSpec spec) {
    try {
      return DirectRequest.prepare(plugin, spec, hpc().workspace());
    } catch (IOException e) {
      return fail("no folder for a job", e);
    }
  }

  /** The end, as the scheduler tells it; one that forgets jobs has left their exit records. */
  private Observation end(HPCBackend plugin, DirectRequest request, NativeId id) {
    hpc().until("the job ends", () -> {
      Observation told = plugin.query(List.of(id)).get(id);
      return told instanceof Observation.Seen seen
          ? seen.info().state().isFinal()
          : told instanceof Observation.NotKnown && Files.exists(request.file("exit"));
    });
    hpc().until("the exit record is there", () -> Files.exists(request.file("exit")));
    return Checks.answer(plugin.query(List.of(id)), id);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return fail("cannot be read: " + file, e);
    }
  }
}
