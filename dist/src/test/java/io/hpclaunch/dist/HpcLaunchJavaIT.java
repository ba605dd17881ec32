// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where Java comes from, the class-data archive, and where the installation may lie. */
class HpcLaunchJavaIT {
  @TempDir
  Path folder;

  private Installation hpc;

  @BeforeEach
  void install() throws IOException {
    hpc = Installation.in(folder);
    hpc.with("HPC_STATE_DIR", folder.resolve("state").toString());
  }

  static Stream<String> javaHomes() {
    return Installation.javaHomes();
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void theFirstStartMakesAnArchiveThatLaterOnesUse(String javaHome) throws Exception {
    hpc.with("JAVA_HOME", javaHome);
    hello().ok();
    Path archive = only(archives("archive-*"));
    List<String> options = Files.readAllLines(only(archives("options")));
    assertThat(options.get(options.size() - 1)).startsWith("-XX:").endsWith("=" + archive);
    hello().ok();
    assertThat(archives("archive-*")).containsExactly(archive);
    assertThat(hpc.with("JAVA_TOOL_OPTIONS", "-Dnothing=1")
            .launch("--backend=fork", "echo", "x")
            .ok()
            .err())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void theArchiveIsReallyUsed(String javaHome) throws Exception {
    hpc.with("JAVA_HOME", javaHome);
    hello().ok();
    List<String> options = Files.readAllLines(only(archives("options")));
    String option = options.get(options.size() - 1);
    Result classes = hpc.bash("cd " + hpc.home()
        + " && j=$(printf \"$PWD/%s:\" lib/hpc-launch-{api,cli,core}-*.jar lib/slf4j-api-*.jar"
        + " lib/snakeyaml-engine-*.jar plugins/*.jar); "
        + "\"$JAVA_HOME/bin/java\" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx64m "
        + option + " -Xlog:class+load -cp \"${j%:}\" -Dhpc.home=" + hpc.home()
        + " io.hpclaunch.cli.launch.HpcLaunch --backend=fork true");
    assertThat(classes.ok().lines())
        .anyMatch(line -> line.contains("io.hpclaunch.cli.launch.HpcLaunch source: shared object"));
    if (option.contains("SharedArchiveFile")) { // an AOT cache loads all that it has
      assertThat(classes.lines())
          .noneMatch(line -> line.contains("org.slf4j")
              || line.contains("com.google")
              || line.contains("picocli")
              || line.contains("org.snakeyaml"));
    }
  }

  @Test
  void aTouchedJarMakesANewArchive() throws Exception {
    Installation copy = hpc.at(hpc.copy("a copy"));
    copy.launch("--backend=fork", "true").ok();
    Path before = only(archives("archive-*"));
    Path jar = only(glob(copy.home().resolve("lib"), "hpc-launch-core*"));
    Files.setLastModifiedTime(
        jar, java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(1)));
    copy.launch("--backend=fork", "true").ok();
    assertThat(only(archives("archive-*"))).isNotEqualTo(before);
  }

  @Test
  void withoutAFolderToWriteToItWorksAsWell() throws Exception {
    Files.createFile(folder.resolve("file"));
    hpc.with("HPC_STATE_DIR", folder.resolve("file").toString());
    assertThat(hello().ok().err()).isEmpty();
    hpc.with("HPC_STATE_DIR", null).with("HOME", null);
    assertThat(hello().ok().err()).isEmpty();
  }

  @Test
  void javaIsTakenFromJavaHomeElseFromPath() throws Exception {
    hpc.with("JAVA_HOME", null);
    hpc.with("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
    hello().ok();
    hpc.with("JAVA_HOME", folder.toString());
    Result wrong = hello();
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("JAVA_HOME", folder.toString()).hasLineCount(1);
  }

  @Test
  void anOldJavaIsOneLine() throws Exception {
    hpc.program("old/bin/java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
    hpc.with("JAVA_HOME", folder.resolve("old").toString());
    assertOld("11.0.2");
    hpc.write("old/release", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"1.8.0_292\"\n");
    assertOld("1.8.0_292");
    hpc.with("JAVA_HOME", null)
        .with("PATH", folder.resolve("old/bin") + ":" + System.getenv("PATH"));
    assertOld("1.8.0_292");
  }

  private void assertOld(String version) throws Exception {
    Result result = hello();
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(version, "17").hasLineCount(1);
  }

  @Test
  void anInstallationMayLieAnywhere() throws Exception {
    Path odd = hpc.copy("it's a \"pläce\"");
    Installation there = hpc.at(odd).with("LC_ALL", "C.UTF-8");
    assertThat(there.launch("--backend=fork", "-n", "2", "echo", "x").ok().out())
        .isEqualTo("x\nx\n");
    Files.createSymbolicLink(folder.resolve("link"), odd.resolve("bin/hpc-launch"));
    Files.createSymbolicLink(folder.resolve("second"), Path.of("link"));
    assertThat(there
            .bash(
                "./second --backend=fork echo y; PATH=\"$PWD/it's a \\\"pläce\\\"/bin:$PATH\" hpc-launch --backend=fork echo z; "
                    + "cd \"it's a \\\"pläce\\\"/bin\" && ./hpc-launch --backend=fork echo a && bash hpc-launch --backend=fork echo b")
            .ok()
            .out())
        .isEqualTo("y\nz\na\nb\n");
  }

  @Test
  void theTarballIsWhole() throws Exception {
    Result files =
        hpc.run(List.of("tar", "tzf", Installation.tarball().toString())).ok();
    assertThat(files.lines()).allMatch(line -> line.startsWith("hpc-launch-"));
    assertThat(files.out())
        .contains(
            "/bin/hpc-launch\n",
            "/bin/hpc\n",
            "/libexec/hpc-fork\n",
            "/lib/hpc-launch-api-",
            "/plugins/hpc-launch-mpi-",
            "/share/man/man1/hpc-launch.1\n",
            "/completions/",
            "/LICENSE\n",
            "/README.md\n");
    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
    hpc.run(List.of("tar", "xzf", Installation.tarball().toString(), "-C", unpacked.toString()))
        .ok();
    assertThat(hpc.at(only(glob(unpacked, "*")))
            .launch("--backend=fork", "-n", "2", "echo", "x")
            .ok()
            .out())
        .isEqualTo("x\nx\n");
  }

  private Result hello() throws Exception {
    return hpc.launch("--backend=fork", "-n", "2", "true");
  }

  private List<Path> archives(String glob) throws IOException {
    Path jvm = folder.resolve("state/cache/jvm");
    return glob(only(glob(jvm, "hpc-launch-*")), glob);
  }

  private static List<Path> glob(Path directory, String glob) throws IOException {
    List<Path> paths = new java.util.ArrayList<>();
    try (var stream = Files.newDirectoryStream(directory, glob)) {
      stream.forEach(paths::add);
    }
    return paths;
  }

  private static Path only(List<Path> paths) {
    assertThat(paths).hasSize(1);
    return paths.get(0);
  }
}
