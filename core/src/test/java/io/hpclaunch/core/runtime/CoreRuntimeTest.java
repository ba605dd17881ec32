// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.transport.TransportProvider;
import io.hpclaunch.core.plugin.PluginJar;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreRuntimeTest {
  @TempDir
  Path folder;

  private HpcRuntime runtime;
  private URLClassLoader loader;

  @BeforeEach
  void show() throws IOException {
    FakeBackends.reset();
    service(
        HPCBackend.class,
        FakeBackends.Alpha.class,
        FakeBackends.Beta.class,
        FakeBackends.Broken.class,
        FakeBackends.Sticky.class);
    service(TransportProvider.class, FakeBackends.Pigeons.class);
    loader = new URLClassLoader(
        new URL[] {folder.resolve("shown").toUri().toURL()}, getClass().getClassLoader());
    runtime = builder().build();
  }

  @AfterEach
  void close() throws IOException {
    runtime.close();
    loader.close();
  }

  private void service(Class<?> service, Class<?>... providers) throws IOException {
    Path file = folder.resolve("shown/META-INF/services/" + service.getName());
    Files.createDirectories(file.getParent());
    Files.write(file, Arrays.stream(providers).map(Class::getName).toList());
  }

  private HpcRuntime.Builder builder() {
    return HpcRuntime.builder()
        .classLoader(loader)
        .environment(Map.of("HOME", folder.resolve("home").toString()))
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of());
  }

  private void configure(Object... entries) {
    runtime.close();
    FakeBackends.reset();
    runtime = builder().configuration(Map.of("backends", List.of(entries))).build();
  }

  private static Map<String, Object> entry(String name, String type) {
    return Map.of("name", name, "type", type);
  }

  @Test
  void anEntrysExactNameComesFirst() {
    configure(entry("beta", "alpha"), entry("other", "beta"));
    Backend backend = runtime.backend("beta");
    assertThat(backend.name()).isEqualTo("beta");
    assertThat(backend.type()).isEqualTo("alpha");
    assertThat(runtime.configuredBackends()).containsExactly("beta", "other");
  }

  @Test
  void aTypeThatExactlyOneEntryHasMeansThatEntry() {
    configure(entry("cluster", "alf"), entry("other", "beta"));
    Backend backend = runtime.backend("alpha");
    assertThat(backend.name()).isEqualTo("cluster");
    assertThat(backend.type()).isEqualTo("alpha");
    assertThat(runtime.backend("alf")).isSameAs(backend).isSameAs(runtime.backend("cluster"));
  }

  @Test
  void aTypeThatSeveralEntriesHaveMeansNoneOfThem() {
    configure(entry("one", "alpha"), entry("two", "alpha"));
    assertThat(runtime.backend("alf").name()).isEqualTo("alpha");
    assertThat(runtime.backend("alf")).isSameAs(runtime.backend("alpha"));
    assertThat(runtime.backend("one")).isNotSameAs(runtime.backend("two"));
    assertThat(FakeBackends.EVENTS)
        .containsExactly("initialize alpha", "initialize one", "initialize two");
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    configure(entry("cluster", "alpha"));
    assertThatThrownBy(() -> runtime.backend("clutser"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("clutser", "cluster", "alpha, beta, broken, sticky");
    assertThatThrownBy(() -> runtime.launcher("mpj"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("unknown launcher 'mpj'");
  }

  @Test
  void anUnknownNameTellsOfPluginsThatAreBroken() throws IOException {
    Path jar =
        PluginJar.launcher("a.A", "acme").leaveOut("a.A").write(folder.resolve("p/broken.jar"));
    runtime.close();
    runtime = builder().pluginPath(jar).build();
    assertThatThrownBy(() -> runtime.launcher("acme"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("acme", "a.A", jar.toString());
    assertThat(runtime.pluginProblems()).hasSize(1);
  }

  @Test
  void anEntryOfAnUnknownTypeIsNamedWhenItIsAskedFor() {
    configure(entry("cluster", "slrum"), entry("good", "beta"));
    assertThat(runtime.backend("good").type()).isEqualTo("beta");
    assertThatThrownBy(() -> runtime.backend("cluster"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("slrum");
  }

  @Test
  void theConfiguredDefaultComesBeforeDetection() {
    runtime.close();
    runtime = builder()
        .configuration(Map.of(
            "backend", "two", "backends", List.of(entry("one", "alpha"), entry("two", "beta"))))
        .build();
    FakeBackends.present = "alpha";
    assertThat(runtime.backend().name()).isEqualTo("two");
    assertThat(FakeBackends.EVENTS).doesNotContain("detect alpha", "detect beta");
  }

  @Test
  void theFirstThatIsPresentIsDetectedAndNoLaterOneAsked() {
    FakeBackends.present = "alpha";
    assertThat(runtime.backend().type()).isEqualTo("alpha");
    assertThat(FakeBackends.EVENTS).doesNotContain("detect sticky");
    HpcRuntime.Detection all = runtime.detect();
    assertThat(all.type()).isEqualTo("alpha");
    assertThat(all.findings().keySet()).containsExactly("broken", "beta", "alpha", "sticky");
    assertThat(all.findings().get("broken").explanation()).contains("no luck");
  }

  @Test
  void whenNoneIsPresentTheErrorSaysWhatWasLookedFor() {
    assertThatThrownBy(() -> runtime.backend())
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("no alpha here", "no beta here", "install it");
    assertThat(runtime.detect().type()).isNull();
  }

  @Test
  void aBackendGetsItsEntry() {
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    runtime.close();
    runtime = builder()
        .clock(clock)
        .configuration(Map.of(
            "backends",
            List.of(Map.of(
                "name",
                "c",
                "type",
                "alpha",
                "workspace",
                "~/scratch",
                "config",
                Map.of("partition", "debug")))))
        .set("backends.c.config.partition", "long")
        .build();
    Backend backend = runtime.backend("c");
    assertThat(FakeBackends.CONTEXTS).singleElement().satisfies(context -> {
      assertThat(context.name()).isEqualTo("c");
      assertThat(context.config().string("partition")).contains("long");
      assertThat(context.workspace())
          .isEqualTo(folder.resolve("home/scratch/jobs").toString());
      assertThat(context.clock()).isSameAs(clock);
      assertThat(context.transport()).isInstanceOf(LocalTransport.class);
    });
    assertThat(backend.capabilities().has(Capability.ARRAYS)).isTrue();
    assertThat(backend.queue(true)).isEmpty();
    assertThatThrownBy(backend::resources).isInstanceOf(Unsupported.class);
  }

  @Test
  void withoutAWorkspaceJobsGoToTheStateFolder() {
    runtime.backend("alpha");
    assertThat(FakeBackends.CONTEXTS.get(0).workspace())
        .isEqualTo(folder.resolve("state/jobs").toString());
  }

  @Test
  void aRelativeWorkspaceIsRefused() {
    assertThatThrownBy(() -> runtime.open("alpha", Map.of("workspace", "jobs")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("absolute");
  }

  @Test
  void openTakesWhatAnEntryTakes() {
    Backend a = runtime.open("alf", Map.of("config", Map.of("partition", "x")));
    Backend b = runtime.open("alpha", Map.of("name", "mine"));
    assertThat(a.name()).isEqualTo("alpha");
    assertThat(b.name()).isEqualTo("mine");
    assertThat(runtime.backend("alpha")).isNotSameAs(a);
    assertThatThrownBy(() -> runtime.open("alpha", Map.of("config", Map.of("partitoin", "x"))))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("partitoin", "partition");
    assertThatThrownBy(() -> runtime.open("alpha", Map.of("confg", Map.of())))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("confg");
    assertThatThrownBy(() -> runtime.open("nothing", Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void openTakesAPluginThatWasMadeElsewhere() {
    Backend own = runtime.open(new FakeBackends.Alpha(), Map.of("name", "mine"));
    assertThat(own.name()).isEqualTo("mine");
    assertThat(own.type()).isEqualTo("alpha");
    assertThat(own.transport().isLocal()).isTrue();
    assertThat(own.workspace()).endsWith("/jobs");
    assertThatThrownBy(() ->
            runtime.open(new FakeBackends.Alpha(), Map.of("config", Map.of("partitoin", "x"))))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("did you mean 'partition'?");
  }

  @Test
  void aPluginThatFailsToInitializeIsNamedAndHarmsNobody() {
    assertThatThrownBy(() -> runtime.backend("broken"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("broken", FakeBackends.Broken.class.getName(), "no luck");
    assertThat(runtime.backend("alpha").type()).isEqualTo("alpha");
  }

  @Test
  void entriesWithEqualTransportsShareOne() {
    Map<String, String> there = Map.of("type", "pigeon", "host", "tower");
    runtime.open("alpha", Map.of("name", "a", "transport", there));
    runtime.open("beta", Map.of("name", "b", "transport", there));
    runtime.open(
        "beta", Map.of("name", "c", "transport", Map.of("type", "pigeon", "host", "roof")));
    assertThat(FakeBackends.CONTEXTS.get(0).transport())
        .isSameAs(FakeBackends.CONTEXTS.get(1).transport())
        .isNotSameAs(FakeBackends.CONTEXTS.get(2).transport());
    assertThat(FakeBackends.EVENTS).containsOnlyOnce("fly to tower");
  }

  @Test
  void aTransportThatIsUnknownOrWrittenWrongIsNamed() {
    assertThatThrownBy(
            () -> runtime.open("alpha", Map.of("transport", Map.of("type", "ssh", "host", "h"))))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("ssh", "local, pigeon");
    assertThatThrownBy(
            () -> runtime.open("alpha", Map.of("transport", Map.of("type", "pigeon", "hots", "h"))))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("hots", "host");
  }

  @Test
  void closingClosesAllOnceEvenWhenOneFails() {
    Backend sticky = runtime.backend("sticky");
    runtime.backend("alpha");
    runtime.open("beta", Map.of());
    runtime.close();
    runtime.close();
    assertThat(FakeBackends.EVENTS)
        .filteredOn(event -> event.startsWith("close"))
        .containsExactly("close sticky", "close alpha", "close beta");
    assertThatThrownBy(() -> runtime.backend("alpha")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> runtime.plugins()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> runtime.open("alpha", Map.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(sticky::capabilities).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void thePluginPathComesFromTheEnvironmentAndTheBuilder() throws IOException {
    Path a = PluginJar.launcher("a.A", "one").write(folder.resolve("a/a.jar"));
    Path b = PluginJar.launcher("b.B", "two").write(folder.resolve("b/b.jar"));
    Path c = PluginJar.launcher("c.C", "three").write(folder.resolve("c/c.jar"));
    runtime.close();
    runtime = builder()
        .environment(Map.of("HPC_PLUGIN_PATH", a.getParent() + "::" + b, "HOME", "/nonexistent"))
        .pluginPath(c)
        .build();
    for (String name : List.of("one", "two", "three")) {
      assertThat(runtime.launcher(name).name()).isEqualTo(name);
    }
  }
}
