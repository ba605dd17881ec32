// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.launch.LaunchPlanner;
import io.hpclaunch.core.launch.PlanScript;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.RawBytes;
import io.hpclaunch.slurm.SlurmCluster.Ran;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Launches as {@code hpc-launch --backend=slurm} makes them, on a real Slurm. */
@Timeout(120)
class SrunClusterTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  private static final String HELLO = """
      #include <mpi.h>
      #include <stdio.h>
      int main(int argc, char **argv) {
        int rank, size;
        MPI_Init(&argc, &argv);
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        printf("%d of %d\\n", rank, size);
        return MPI_Finalize();
      }
      """;

  /** U+DCxx stands for a byte that is no UTF-8. */
  private static final List<String> ODD = List.of(
      "",
      " ",
      "two  blanks ",
      "tab\there",
      "it's",
      "say \"hi\"",
      "$HOME `id`",
      "back\\slash\\",
      "\\",
      "'",
      "''",
      "*",
      "#x",
      "%",
      "%t",
      "%%o",
      "100%",
      "carriage\rreturn",
      "ü 漢",
      "-n",
      "\uDCFF\uDC80",
      "raw\uDCC3'\uDCFFq",
      "");

  @RegisterExtension
  final HpcTestRuntime hpc =
      HpcTestRuntime.of("slurm", Map.of("config", Map.of("slurm_conf", CLUSTER.conf())));

  @TempDir
  Path folder;

  /** Tells its words in one line of ASCII. */
  private static final String TELL = "LC_ALL=C; printf '%q ' \"$@\"; echo";

  @Test
  void programsGetTheirRanksAndTheirWordsByteForByte() {
    List<String> words = new ArrayList<>(List.of("-n", "2", "bash", "-c", "echo $SLURM_PROCID"));
    words.addAll(List.of(":", "bash", "-c", TELL, "name"));
    words.addAll(ODD);

    Ran ran = launch(words.toArray(String[]::new)).expect(0);

    assertThat(ran.out().lines()).containsExactlyInAnyOrder("0", "1", told(ODD));
  }

  /** What {@link #TELL} tells of these words where no srun stands between. */
  private String told(List<String> words) {
    String script = "set -- " + Quoting.join(words) + "\n" + TELL;
    return CLUSTER.run("bash", written(script)).expect(0).out().stripTrailing() + " ";
  }

  @Test
  void manyLongWordsGetThrough() {
    List<String> words = new ArrayList<>(List.of("true", ":", "bash", "-c", "echo $# ${#3}", "x"));
    words.addAll(Collections.nCopies(100, "x".repeat(400)));
    Ran ran = launch(words.toArray(String[]::new)).expect(0);
    assertThat(ran.out()).isEqualTo("100 400\n");
  }

  @Test
  void noFileIsLeft() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    launch(Map.of("TMPDIR", temporary.toString()), "echo", "a", ":", "echo", "b")
        .expect(0);
    assertThat(temporary).isEmptyDirectory();
    assertThat(folder.resolve("work")).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({"exit 3, 3", "kill -9 $$, 137", "kill -SEGV $$, 139"})
  void theStatusIsSruns(String script, int status) {
    assertThat(launch("-n", "1", "sh", "-c", script).exit()).isEqualTo(status);
    assertThat(launch("true", ":", "sh", "-c", script).exit()).isEqualTo(status);
  }

  @Test
  void aTopologyOfTheClusterFillsPlaceholders() {
    LaunchPlan plan = plan(Map.of("default_options", List.of("--nodes=%(nodes)d")), "-n9", "true");
    assertThat(plan.argv()).extracting(Word::text).contains("--nodes=3");
    LaunchPlan own = plan(
        Map.of("default_options", List.of("--nodes=%(nodes)d")),
        Map.of("cores_per_socket", 9, "sockets_per_node", 1),
        "-n9",
        "true");
    assertThat(own.argv()).extracting(Word::text).contains("--nodes=1");
  }

  @ParameterizedTest
  @CsvSource({"mpicc.openmpi, pmix", "mpicc.mpich, pmi2"})
  void anMpiProgramIsOneProgram(String compiler, String type) throws IOException {
    Path hello = compiled(compiler);
    LaunchPlan plan = plan(Map.of(), "-n", "4", hello.toString());
    assertThat(plan.argv()).extracting(Word::text).startsWith("srun", "--mpi=" + type, "-n", "4");

    Ran ran = launch("-n", "4", "-N", "2", hello.toString()).expect(0);

    assertThat(ran.out().lines()).containsExactlyInAnyOrder("0 of 4", "1 of 4", "2 of 4", "3 of 4");
  }

  @ParameterizedTest
  @CsvSource({"mpicc.openmpi", "mpicc.mpich"})
  void mpiProgramsOfOneLineAreOneProgram(String compiler) throws IOException {
    String hello = compiled(compiler).toString();
    Ran ran = launch("-n", "2", hello, "a b", ":", hello).expect(0);
    assertThat(ran.out().lines()).containsExactlyInAnyOrder("0 of 3", "1 of 3", "2 of 3");
  }

  @Test
  void whoeverSaysWhichMpiIsObeyed() throws IOException {
    String hello = compiled("mpicc.openmpi").toString();
    List<Word> users = plan(Map.of(), "--mpi", "none", "-n", "1", hello).argv();
    assertThat(users)
        .extracting(Word::text)
        .containsExactly("srun", "--mpi", "none", "-n", "1", hello);
    List<Word> configured =
        plan(Map.of("default_options", List.of("--mpi=pmi2")), "-n", "1", hello).argv();
    assertThat(configured).extracting(Word::text).startsWith("srun", "--mpi=pmi2", "-n");
    Map<String, Object> variables = Map.of("variables", Map.of("SLURM_MPI_TYPE", "none"));
    assertThat(plan(variables, "-n", "1", hello).argv())
        .extracting(Word::text)
        .startsWith("srun", "-n");
  }

  private Path compiled(String compiler) throws IOException {
    Path source = Files.writeString(folder.resolve("hello.c"), HELLO);
    Path hello = folder.resolve("hello");
    Ran ran = CLUSTER.run(
        "sh", "-c", "exec \"$@\"", "sh", compiler, "-o", hello.toString(), source.toString());
    assumeTrue(ran.exit() == 0, compiler + " (not installed)");
    return hello;
  }

  @Test
  void aJobsCommandStartsOnAllItsNodes() throws InterruptedException, IOException {
    List<String> words = List.of("a  'b'", "", "c\nd", "%t", "ü");
    List<String> command = new ArrayList<>();
    String script = "LC_ALL=C; set -- \"$SLURM_NODEID\" \"$GREETING\" \"$@\"; " + TELL;
    command.addAll(List.of("bash", "-c", script, "x"));
    command.addAll(words);
    HPCProcess job = hpc.submit(hpc.job("ranks")
        .launcher("srun")
        .tasks(4)
        .nodes(2)
        .environment("GREETING", "it's  $HOME\nü")
        .command(command)
        .build());

    JobInfo end = hpc.end(job);

    assertThat(end.state()).as(job.logs().stderr()).isEqualTo(JobState.COMPLETED);
    String told = told(List.of("it's  $HOME\nü")) + told(words);
    assertThat(job.logs().stdout().lines()).hasSize(4).contains("0 " + told, "1 " + told);
    assertThat(job.logs().stdout().lines()).allMatch(line -> line.endsWith(" " + told));
  }

  // ---- as the command's wrapper does

  private Ran launch(String... words) {
    return launch(Map.of(), words);
  }

  private Ran launch(Map<String, String> environment, String... words) {
    StringBuilder script =
        new StringBuilder("cd " + Quoting.quote(work().toString()) + " || exit\n");
    environment.forEach((name, value) -> script
        .append("export ")
        .append(name)
        .append('=')
        .append(Quoting.quote(value))
        .append('\n'));
    script.append("set -- ").append(Quoting.join(Arrays.asList(words))).append('\n');
    script.append(PlanScript.exec(plan(Map.of(), words), words.length));
    return CLUSTER.run("bash", written(script.toString()));
  }

  private String written(String script) {
    try {
      return Files.write(folder.resolve("line"), RawBytes.encode(script)).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path work() {
    try {
      return Files.createDirectories(folder.resolve("work"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private LaunchPlan plan(Map<String, ?> launch, String... words) {
    return plan(launch, Map.of(), words);
  }

  private LaunchPlan plan(Map<String, ?> launch, Map<String, ?> config, String... words) {
    Map<String, Object> entry =
        Map.of("name", "cluster", "type", "slurm", "launch", launch, "config", config);
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putAll(CLUSTER.environment());
    Configuration configuration = Configuration.load(ConfigSources.builder()
        .javaValues(Map.of("backends", List.of(entry)))
        .environment(Map.of())
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .build());
    List<Word> given = new ArrayList<>();
    for (String word : words) {
      String read = new String(RawBytes.encode(word), StandardCharsets.UTF_8);
      given.add(new Word.User(given.size() + 1, read));
    }
    LaunchEnvironment world = new LaunchEnvironment(
        environment,
        work(),
        folder.resolve("state"),
        null,
        true,
        Set.of(),
        LaunchEnvironment.CPUINFO);
    try (Plugins plugins = Plugins.discover(getClass().getClassLoader(), List.of())) {
      return new LaunchPlanner(configuration, plugins, world)
          .plan("cluster", given)
          .plan();
    }
  }
}
