// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static io.hpclaunch.pbs.Dialect.OPENPBS;
import static io.hpclaunch.pbs.Dialect.TORQUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.config.BackendEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PbsDirectivesTest {
  /** A request as core would make it, for a job in {@code /jobs/t}. */
  private record Request(
      JobSpec spec,
      int attempt,
      String jobDirectory,
      @Nullable String stdin,
      String stdout,
      String stderr,
      @Nullable ArrayRange array)
      implements SubmitRequest {
    static Request of(JobSpec.Builder spec) {
      JobSpec job = spec.build();
      String out = absolute(job.stdout() == null ? "stdout" : job.stdout());
      String err = job.stderr() == null ? out : absolute(job.stderr());
      return new Request(job, 1, "/jobs/t", job.stdin(), out, err, job.array());
    }

    private static String absolute(String path) {
      return path.startsWith("/") ? path : "/jobs/t/" + path;
    }

    @Override
    public Token token() {
      return new Token("htoken123");
    }

    @Override
    public String scriptPath() {
      return jobDirectory + "/script";
    }

    @Override
    public String script(ScriptForm form) {
      return "";
    }
  }

  private static JobSpec.Builder job(String name) {
    return JobSpec.builder(name).command("true");
  }

  private static PbsConfig config(Map<String, ?> config) {
    return PbsConfig.of(BackendEntry.of("pbs", Map.of("config", config)).config());
  }

  private static ScriptForm form(SubmitRequest request, Dialect dialect) {
    return PbsDirectives.form(request, dialect, config(Map.of()));
  }

  private static List<String> lines(SubmitRequest request, Dialect dialect) {
    return form(request, dialect).directives();
  }

  private static List<String> lines(JobSpec.Builder spec, Dialect dialect) {
    return lines(Request.of(spec), dialect);
  }

  private static List<String> lines(JobSpec.Builder spec) {
    return lines(spec, OPENPBS);
  }

  private static Dependency afterOk(String id) {
    return Dependency.afterOk(JobId.parse("pbs:" + id, "pbs"));
  }

  private static Dependency afterAny(String id) {
    return Dependency.afterAny(JobId.parse("pbs:" + id, "pbs"));
  }

  // ---- which lines, and their order

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whatIsUnsetGivesNoLine(Dialect dialect) {
    assertThat(lines(job("x"), dialect))
        .containsExactly(
            "#PBS -N x",
            "#PBS -j oe",
            "#PBS -o /dev/null",
            "#PBS -S /bin/bash",
            "#PBS -v HPC_TOKEN=htoken123",
            "cd \"$PBS_O_WORKDIR\" 2>/dev/null || cd -- /jobs/t || exit 1");
  }

  @Test
  void aTaskOfASweep() {
    assertThat(lines(job("sweep_task_001")
            .resources(Resources.parse("-l select=1:ncpus=4:mem=16gb -l walltime=04:00:00"))
            .stdout("logs/task_001.log")))
        .containsSubsequence(
            "#PBS -N sweep_task_001",
            "#PBS -l walltime=04:00:00",
            "#PBS -l select=1:ncpus=4:mem=16gb",
            "#PBS -j oe",
            "#PBS -o logs/task_001.log",
            "cd \"$PBS_O_WORKDIR\" 2>/dev/null || cd -- /jobs/t || exit 1")
        .startsWith("#PBS -N sweep_task_001")
        .filteredOn(line -> line.startsWith("#PBS -l"))
        .hasSize(2);
  }

  @Test
  void theOrderIsFixed() {
    JobSpec.Builder spec = job("all")
        .resources(Resources.builder()
            .nodes(2)
            .tasksPerNode(4)
            .cpusPerTask(2)
            .memoryPerNode(16L << 30)
            .gpusPerNode(2)
            .gpuType("a100")
            .walltime(Duration.ofHours(2))
            .queue("compute")
            .account("phys")
            .exclusive(true)
            .build())
        .stdout("/out.{index}")
        .stderr("/err.{index}")
        .dependsOn(afterOk("1.vm"), afterAny("3.vm"), afterOk("2.vm"))
        .array(ArrayRange.parse("1-100:2%4"))
        .warn("USR1", Duration.ofMillis(1500))
        .nativeOptions("-m", "abe", "-v", "MINE=1", "-M", "me@site", "-W", "umask=022");
    ScriptForm form = PbsDirectives.form(
        Request.of(spec), OPENPBS, config(Map.of("project", "p1", "group_list", "g1")));

    assertThat(form.directives())
        .containsExactly(
            "#PBS -N all",
            "#PBS -l walltime=02:00:00",
            "#PBS -l select=2:ncpus=8:mpiprocs=4:ompthreads=2:mem=16gb:ngpus=2:gpu_type=a100",
            "#PBS -l place=scatter:excl",
            "#PBS -q compute",
            "#PBS -A phys",
            "#PBS -P p1",
            "#PBS -o /out.^array_index^",
            "#PBS -e /err.^array_index^",
            "#PBS -J 1-100:2%4",
            "#PBS -W depend=afterok:1.vm:2.vm,afterany:3.vm",
            "#PBS -W group_list=g1",
            "#PBS -S /bin/bash",
            "#PBS -m abe",
            "#PBS -M me@site",
            "#PBS -W umask=022",
            "#PBS -v HPC_TOKEN=htoken123,MINE=1",
            "cd \"$PBS_O_WORKDIR\" 2>/dev/null || cd -- /jobs/t || exit 1",
            "{ command -p sleep 7198 && kill -s USR1 \"$$\"; } </dev/null >/dev/null 2>&1 &");
  }

  @Test
  void torqueHasWordsOfItsOwn() {
    JobSpec.Builder spec = job("all")
        .resources(Resources.parse("--nodes 2 --ntasks-per-node 4 --mem 16G --gpus-per-node 1"))
        .queue("compute")
        .dependsOn(afterOk("1.vm"), afterOk("7[].vm"), afterAny("8[].vm"))
        .array(ArrayRange.parse("0-9:3%2"));
    assertThat(lines(spec, TORQUE))
        .contains(
            "#PBS -l nodes=2:ppn=4:gpus=1",
            "#PBS -l mem=32gb",
            "#PBS -q compute",
            "#PBS -t 0,3,6,9%2",
            "#PBS -W depend=afterok:1.vm,afterokarray:7[].vm,afteranyarray:8[].vm")
        .noneMatch(line -> line.contains("select=") || line.startsWith("#PBS -J"));
  }

  @ParameterizedTest
  @CsvSource({
    "PT1S, 00:00:01",
    "PT0.5S, 00:00:01",
    "PT59M59.001S, 01:00:00",
    "PT24H, 24:00:00",
    "PT25H, 25:00:00",
    "P7DT1S, 168:00:01",
    "P100D, 2400:00:00",
  })
  void walltimesAreHoursRoundedUp(Duration walltime, String words) {
    assertThat(lines(job("x").walltime(walltime))).contains("#PBS -l walltime=" + words);
  }

  @Test
  void projectAndGroupAreTheEntrys() {
    PbsConfig config = config(Map.of("project", "big science", "group_list", "g1"));
    assertThat(PbsDirectives.form(Request.of(job("x")), OPENPBS, config).directives())
        .contains("#PBS -P 'big science'", "#PBS -W group_list=g1");
    assertThatThrownBy(() -> PbsDirectives.form(Request.of(job("x")), TORQUE, config))
        .isInstanceOf(Unsupported.class)
        .hasMessage("Torque has no projects: project big science");
  }

  @Test
  void aReservationIsAQueue() {
    assertThat(lines(job("x").resources(r -> r.reservation("R12")))).contains("#PBS -q R12");
    assertThatThrownBy(() -> lines(job("x").resources(r -> r.reservation("R12").queue("workq"))))
        .isInstanceOf(Unsupported.class)
        .hasMessageContainingAll("R12", "workq");
  }

  // ---- arrays

  @Test
  void anArrayOfOneElementIsAPlainJob() {
    JobSpec.Builder one = job("x").array(ArrayRange.of(7, 7));
    assertThat(lines(one))
        .contains("#PBS -v HPC_TOKEN=htoken123,HPC_PBS_ELEMENT=7")
        .noneMatch(line -> line.startsWith("#PBS -J"));
    assertThat(lines(one, TORQUE)).noneMatch(line -> line.startsWith("#PBS -t"));
    assertThat(form(Request.of(one), OPENPBS).nativeId()).isEqualTo("${PBS_JOBID-}");
    JobSpec.Builder stepped = job("x").array(ArrayRange.parse("3-4:2"));
    assertThat(lines(stepped)).contains("#PBS -v HPC_TOKEN=htoken123,HPC_PBS_ELEMENT=3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-9      | -J 0-9     | -t 0-9",
        "1-4%2    | -J 1-4%2   | -t 1-4%2",
        "1-7:3    | -J 1-7:3   | -t 1,4,7",
        "0-6:2%1  | -J 0-6:2%1 | -t 0,2,4,6%1",
      })
  void rangesOfArrays(String range, String openPbs, String torque) {
    JobSpec.Builder spec = job("x").array(ArrayRange.parse(range));
    assertThat(lines(spec)).contains("#PBS " + openPbs);
    assertThat(lines(spec, TORQUE)).contains("#PBS " + torque);
  }

  @Test
  void pbssOwnWordsForIds() {
    Request plain = Request.of(job("x"));
    Request array = Request.of(job("x").array(ArrayRange.of(0, 3)));
    assertThat(form(plain, OPENPBS).nativeId()).isEqualTo("${PBS_JOBID-}");
    assertThat(form(array, OPENPBS).nativeId())
        .isEqualTo("${PBS_JOBID:+${PBS_JOBID%%\\[*}[].${PBS_JOBID#*.}}");
    assertThat(form(array, OPENPBS).index()).isEqualTo("${PBS_ARRAY_INDEX-}");
    assertThat(form(array, TORQUE).index()).isEqualTo("${PBS_ARRAYID-}");
  }

  // ---- dependencies

  @Test
  void aDependencyOnWhatWasAnArrayOfOneElementIsOneOnTheJob() {
    assertThat(lines(job("x").dependsOn(afterOk("12.vm/7"))))
        .contains("#PBS -W depend=afterok:12.vm");
  }

  /** Of an id that is named twice PBS takes one away when it ends, and waits for the other. */
  @Test
  void aDependencyThatIsNamedTwiceStandsOnce() {
    assertThat(lines(job("x")
            .dependsOn(afterOk("12.vm"))
            .dependsOn(afterAny("12.vm"))
            .dependsOn(afterOk("12.vm"))
            .dependsOn(afterOk("13.vm"))))
        .contains("#PBS -W depend=afterok:12.vm:13.vm,afterany:12.vm");
  }

  @Test
  void whatDependenciesOfPbsDoNotMeanIsRefused() {
    assertThatThrownBy(() -> lines(job("x").dependsOn(afterOk("12[].vm/3"))))
        .isInstanceOf(Unsupported.class)
        .hasMessage("PBS has no dependency on one element of an array: pbs:12[].vm/3");
    assertThatThrownBy(() -> lines(job("x").dependsOn(afterOk("12[].vm"))))
        .isInstanceOf(Unsupported.class)
        .hasMessageContainingAll("pbs:12[].vm", "afterany")
        .message()
        .doesNotContain("\n");
    assertThat(lines(job("x").dependsOn(afterAny("12[].vm"))))
        .contains("#PBS -W depend=afterany:12[].vm");
  }

  // ---- the user's own options

  @Test
  void anOptionAndItsWordShareALine() {
    assertThat(lines(job("x").nativeOptions("-p", "-5", "-l", "ncpus=1", "-h", "-N a b")))
        .containsSubsequence("#PBS -p", "#PBS -5", "#PBS -l ncpus=1", "#PBS -h", "#PBS -N 'a b'");
  }

  /** Else the last of several -v would take the others' place, and the token with them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-v;A=1        | A=1",
        "-vA=1         | A=1",
        "-v A=1        | A=1",
        "-v;A=1,B=2    | A=1,B=2",
        "-v;A=1;-vB=2  | A=1,B=2",
        "-vA=1;-h;-v;B | A=1,B",
      })
  void variablesOfTheUsersStandBesideOurs(String options, String variables) {
    List<String> lines = lines(job("x").nativeOptions(options.split(";", -1)));
    assertThat(lines)
        .filteredOn(line -> line.startsWith("#PBS -v"))
        .containsExactly("#PBS -v HPC_TOKEN=htoken123," + variables);
  }

  @Test
  void quotesInVariablesOfTheUsersStay() {
    assertThat(lines(job("x").nativeOptions("-v", "A='b,c'")))
        .contains("#PBS -v 'HPC_TOKEN=htoken123,A='\"'b,c'\"");
  }

  // ---- streams

  @ParameterizedTest
  @ValueSource(
      strings = {"/o/back\\slash", "/o/line\nend", "/o/a:b", "/o/{id}/out", "/o/a b", "/ü"})
  void theScriptOpensWhatADirectiveCannotName(String path) {
    ScriptForm form = form(Request.of(job("x").stdout("/o/x").stderr(path)), OPENPBS);
    assertThat(form.opensStreams()).isTrue();
    assertThat(form.directives())
        .contains("#PBS -j oe", "#PBS -o /dev/null")
        .noneMatch(line -> line.startsWith("#PBS -e"));
  }

  @Test
  void aFileOfTheUsersIsBroughtByPbs() {
    ScriptForm joined = form(Request.of(job("x").stdout("a.log").stderr("a.log")), OPENPBS);
    assertThat(joined.opensStreams()).isFalse();
    assertThat(joined.directives()).containsSubsequence("#PBS -j oe", "#PBS -o a.log");
    List<String> apart = lines(job("x").stdout("/o/a.log").stderr("b.log"));
    assertThat(apart)
        .containsSubsequence("#PBS -o /o/a.log", "#PBS -e b.log")
        .doesNotContain("#PBS -j oe");
  }

  @Test
  void withInputTheScriptOpensAll() {
    assertThat(form(Request.of(job("x").stdin("/in").stdout("/o/x")), OPENPBS).opensStreams())
        .isTrue();
  }

  @Test
  void filesOfElements() {
    JobSpec.Builder spec = job("x").stdout("/o/a.{index}").array(ArrayRange.of(0, 3));
    assertThat(lines(spec)).contains("#PBS -o /o/a.^array_index^");
    assertThat(form(Request.of(spec), TORQUE).opensStreams())
        .as("Torque appends its own index")
        .isTrue();
    JobSpec.Builder one = job("x").stdout("/o/a.{index}").array(ArrayRange.of(7, 7));
    assertThat(form(Request.of(one), OPENPBS).opensStreams()).isTrue();
  }

  @Test
  void aChunkThatWasMovedOpensFilesNamedByTheUsersIndex() {
    JobSpec spec = job("x").stdout("/o/{index}").array(ArrayRange.of(0, 29)).build();
    ArrayRange chunk = ArrayRange.of(0, 9);
    Request moved = new Request(spec, 1, "/jobs/t", null, "/o/{index}", "/o/{index}", chunk);
    assertThat(form(moved, OPENPBS).opensStreams()).isTrue();
    assertThat(lines(moved, OPENPBS)).contains("#PBS -J 0-9");
  }

  // ---- what the job begins with

  @Test
  void theJobGoesWhereItWasSubmittedUnlessItHasAFolder() {
    assertThat(lines(job("x").workingDirectory("/w"))).noneMatch(line -> line.startsWith("cd "));
    Request odd = new Request(job("x").build(), 1, "/my job's", null, "/o", "/o", null);
    assertThat(lines(odd, OPENPBS))
        .contains("cd \"$PBS_O_WORKDIR\" 2>/dev/null || cd -- '/my job'\\''s' || exit 1");
  }

  @Test
  void aWarningNeedsAWalltime() {
    assertThat(lines(job("x").warn("USR1", Duration.ofMinutes(1))))
        .noneMatch(line -> line.contains("sleep"));
    assertThat(
            lines(job("x").warn("USR1", Duration.ofMillis(8500)).walltime(Duration.ofSeconds(9))))
        .anyMatch(line -> line.contains("sleep 1 && kill -s USR1"));
  }

  // ---- names and words

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain-1.2_3+4     | plain-1.2_3+4     | plain-1.2_3+4",
        "1st               | j1st              | j1st",
        "-x                | j-x               | j-x",
        "_x                | j_x               | j_x",
        "'a b:c/d@e#f'     | a_b_c_d_e_f       | a_b_c_d_e_f",
        "é                 | j_                | j_",
        "näme 😀           | n_me__            | n_me__",
        "sixteen-letters-x | sixteen-letters-x | sixteen-letters",
      })
  void namesAreAdapted(String name, String openPbs, String torque) {
    assertThat(PbsNames.adapted(name, OPENPBS)).isEqualTo(openPbs);
    assertThat(PbsNames.adapted(name, TORQUE)).isEqualTo(torque);
    assertThat(lines(job(name))).contains("#PBS -N " + openPbs);
  }

  @Test
  void namesAreCutAtTheLengthThatPbsTakes() {
    assertThat(PbsNames.adapted("x".repeat(400), OPENPBS)).isEqualTo("x".repeat(230));
    assertThat(PbsNames.adapted("x".repeat(400), TORQUE)).isEqualTo("x".repeat(15));
    assertThat(PbsNames.adapted("7".repeat(230), OPENPBS)).hasSize(230).startsWith("j777");
    assertThat(PbsNames.adapted("", OPENPBS)).isEqualTo("j");
  }

  /** Each was read back from qstat of 23.06 as the word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "plain-1.2_3:4/5,6+7=8%9@^[] ~ plain-1.2_3:4/5,6+7=8%9@^[]",
        "a b ~ 'a b'",
        "a'b ~ 'a'\"'b\"",
        "a\"b ~ 'a\"b'",
        "it's \"so\" ~ 'it'\"'s \"'\"so\"'",
        "a\\b ~ 'a\\b'",
        "a#b ~ 'a#b'",
        "$HOME ~ '$HOME'",
      })
  void wordsAreQuotedForQsubsOwnReader(String word, String quoted) {
    assertThat(PbsDirectives.quote(word)).isEqualTo(quoted);
  }

  @Test
  void anEmptyWordIsOne() {
    assertThat(PbsDirectives.quote("")).isEqualTo("''");
  }
}
