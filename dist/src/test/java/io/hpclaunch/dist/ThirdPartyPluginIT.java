// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of a third party's plugin, compiled against the tarball's API alone, and found by
 * name wherever a plugin may lie.
 */
class ThirdPartyPluginIT {
  private static final Path EXAMPLE =
      Path.of(System.getProperty("basedir"), "../examples/third-party-plugin/src/main");

  @TempDir
  static Path built;

  @TempDir
  Path folder;

  private static Path jar;
  private Installation hpc;

  @BeforeAll
  static void build() throws IOException {
    Path classes = Files.createDirectories(built.resolve("classes"));
    compile(classes);
    jar = built.resolve("spooler-plugin-1.0.0.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      add(classes, out);
      add(EXAMPLE.resolve("resources"), out);
    }
  }

  @BeforeEach
  void install() throws IOException {
    Installation original = Installation.in(folder);
    hpc = original.at(original.copy("installed"));
    hpc.program("bin/prterun", "printf '<%s>' \"$@\"; echo");
    hpc.program("bin/mpiexec", "exit 9");
    hpc.program("app", "exit 9");
    hpc.with("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    hpc.with("HPC_STATE_DIR", folder.resolve("state").toString());
  }

  @Test
  void itIsUnder80Lines() throws IOException {
    long lines = 0;
    for (Path source : sources()) {
      lines += Files.readAllLines(source).size();
    }
    assertThat(lines).isPositive().isLessThan(80);
  }

  @Test
  void withoutItItsNamesAreUnknown() throws Exception {
    Result result = hpc.launch("--dry-run", "--backend=prterun", "-n", "4", "./app");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'prterun'").contains("mpi").doesNotContain("tsp");
  }

  @Test
  void inTheFolderOfPlugins() throws Exception {
    Files.copy(jar, hpc.home().resolve("plugins").resolve(jar.getFileName()));
    isFoundByName();
  }

  @Test
  void inAFolderOfItsOwn() throws Exception {
    Path own = Files.createDirectories(hpc.home().resolve("plugins/spooler"));
    Files.copy(jar, own.resolve(jar.getFileName()));
    isFoundByName();
  }

  @Test
  void asAJarOfThePluginPath() throws Exception {
    hpc.with("HPC_PLUGIN_PATH", jar.toString());
    isFoundByName();
  }

  @Test
  void inAFolderOfThePluginPath() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    Files.copy(jar, elsewhere.resolve(jar.getFileName()));
    hpc.with("HPC_PLUGIN_PATH", elsewhere.toString());
    isFoundByName();
  }

  @Test
  void besideAnElementOfThePluginPathThatDoesNotExist() throws Exception {
    hpc.with("HPC_PLUGIN_PATH", "/does/not/exist:" + jar);
    Result launcher =
        hpc.launch("--dry-run", "--backend=prterun", "-n", "4", "./app").ok();
    assertThat(launcher.out()).isEqualTo("prterun -n 4 ./app\n");
    assertThat(launcher.err().lines()).singleElement().asString().contains("/does/not/exist");
  }

  private void isFoundByName() throws Exception {
    Result launcher =
        hpc.launch("--dry-run", "--backend=prterun", "-n", "4", "./app", "a b").ok();
    assertThat(launcher.out()).isEqualTo("prterun -n 4 ./app 'a b'\n");
    assertThat(launcher.err()).isEmpty();
    // a backend's type leads to its default launcher
    Result backend =
        hpc.launch("--dry-run", "--backend=tsp", "-n", "4", "./app").ok();
    assertThat(backend.out()).isEqualTo("mpiexec -n 4 ./app\n");
    Result run = hpc.launch("--backend=prterun", "-n", "4", "./app", "a b").ok();
    assertThat(run.out()).isEqualTo("<-n><4><./app><a b>\n");
    Result unknown = hpc.launch("--dry-run", "--backend=nobody", "./app");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("prterun").contains("tsp");
  }

  private static void compile(Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of(
          "--release", "17", "-Xlint:all", "-Werror", "-d", classes.toString(), "-cp", api());
      boolean compiled = compiler
          .getTask(
              messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources()))
          .call();
      assertThat(compiled).as("%s", messages).isTrue();
    }
  }

  /** What the API is made of: its own jar and the annotations that its class files name. */
  private static String api() throws IOException {
    try (Stream<Path> lib = Files.list(Path.of(System.getProperty("hpc.test.dist"), "lib"))) {
      List<String> jars = lib.map(Path::toString)
          .filter(file -> file.contains("/hpc-launch-api-") || file.contains("/jspecify-"))
          .toList();
      assertThat(jars).as("the API in lib/").isNotEmpty();
      return String.join(":", jars);
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(EXAMPLE.resolve("java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static void add(Path root, JarOutputStream out) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(root.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
