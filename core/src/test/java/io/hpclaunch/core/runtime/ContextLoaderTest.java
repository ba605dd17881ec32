// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.core.plugin.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plugin in a folder of its own, whose library looks for its parts with the thread's context
 * class loader, as many do.
 */
class ContextLoaderTest {
  private static final String PART =
      "java.util.ServiceLoader.load(Runnable.class).findFirst().orElseThrow().toString()";

  @TempDir
  Path folder;

  @BeforeEach
  void install() throws IOException {
    Path home = folder.resolve("plugins/p");
    Path library = PluginJar.of()
        .provider(Runnable.class, "lib.Part", """
            public void run() {}
            public String toString() { return "a part"; }
            """)
        .source(
            "lib.Library",
            "public class %s { public static String part() { return " + PART + "; } }")
        .write(home.resolve("lib.jar"));
    PluginJar.of()
        .against(library)
        .provider(HPCBackend.class, "p.B", """
            final String made = lib.Library.part();
            String begun;
            public String name() { return "p"; }
            public void initialize(io.hpclaunch.api.BackendContext c) { begun = lib.Library.part(); }
            public io.hpclaunch.api.NativeId submit(io.hpclaunch.api.SubmitRequest r) {
              throw new io.hpclaunch.api.Rejected("no");
            }
            public String script(io.hpclaunch.api.SubmitRequest r) {
              return made + ", " + begun + ", " + lib.Library.part();
            }
            public java.util.Map<io.hpclaunch.api.NativeId, io.hpclaunch.api.Observation> query(
                java.util.Collection<io.hpclaunch.api.NativeId> ids) {
              return java.util.Map.of();
            }
            public void cancel(java.util.Collection<io.hpclaunch.api.NativeId> ids) {}
            """)
        .write(home.resolve("plugin.jar"));
  }

  @Test
  void aLibraryFindsItsParts() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (HpcRuntime runtime = HpcRuntime.builder()
        .pluginPath(folder.resolve("plugins"))
        .environment(Map.of("HOME", folder.toString()))
        .workingDirectory(folder)
        .configuration(Map.of())
        .build()) {
      assertThat(runtime.pluginProblems()).isEmpty();
      Backend backend = runtime.backend("p");
      assertThat(backend.script(JobSpec.builder("x").command("true").build()))
          .isEqualTo("a part, a part, a part");
      assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }
  }
}
