// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The PBS of the tests does what a real OpenPBS 23.06.06 was seen to do with the same commands.
 * Ids, times and names of machines and users are made equal first.
 */
class FakePbsTest {
  @RegisterExtension
  final FakePbs pbs = FakePbs.openPbs("end_delay=0.2", "kill_delay=1");

  @BeforeEach
  void scripts() throws IOException {
    script(
        "ok.sh",
        "#PBS -N okjob",
        "#PBS -l select=1:ncpus=2:mem=100mb,walltime=00:01:00",
        "echo \"$PBS_JOBID $PBS_O_WORKDIR $(umask) ${SECRET-}\"; echo err line >&2");
    script("exit3.sh", "#PBS -N exit3", "exit 3");
    script("long.sh", "#PBS -N long", "sleep 50");
    script("arrfail.sh", "#PBS -N arrfail", "exit $PBS_ARRAY_INDEX");
  }

  private void script(String name, String... lines) throws IOException {
    Files.writeString(pbs.work().resolve(name), "#!/bin/bash\n" + String.join("\n", lines) + "\n");
  }

  private static String masked(String text) {
    return text.replaceAll("\"(timestamp|history_timestamp|session_id)\":\t\\d+", "\"$1\":\t0")
        .replaceAll("\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}", "TIME")
        .replaceAll("\\w{3} \\w{3} \\d\\d at \\d\\d:\\d\\d", "TIME")
        .replaceAll("\"(v?mem|cput)\":\t\"[\\d:]+(kb)?\"", "\"$1\":\t\"0$2\"")
        .replaceAll("\\w+@localhost", "USER@localhost");
  }

  private String submit(String line) {
    return pbs.run("qsub " + line).expect(0).out().strip();
  }

  private String end(String line) {
    String id = submit(line);
    pbs.await(id, "F");
    return id;
  }

  private String facts(String id) {
    return pbs.run("qstat -x -fw '" + id + "'").expect(0).out();
  }

  // ---- errors

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      qsub -q nosuchq ok.sh                   | 170 | qsub: Unknown queue
      qsub -l nosuchres=4 ok.sh               | 187 | qsub: Unknown resource Resource_List.nosuchres
      qsub -l select=1:nosuchres=4 ok.sh      | 187 | qsub: Unknown resource: nosuchres
      qsub -l select=1:ncpus=abc exit3.sh     | 166 | qsub: Illegal attribute or resource value select.ncpus
      qsub -l select=1:mem=12zz exit3.sh      | 166 | qsub: Illegal attribute or resource value select.mem
      qsub -l walltime=abc ok.sh              | 166 | qsub: Illegal attribute or resource value Resource_List.walltime
      qsub -l walltime=1:2:3:4:5 ok.sh        | 166 | qsub: Illegal attribute or resource value Resource_List.walltime
      qsub -l walltime=-5 ok.sh               | 166 | qsub: Illegal attribute or resource value Resource_List.walltime
      qsub -l walltime=1-00:00:00 ok.sh       | 166 | qsub: Illegal attribute or resource value Resource_List.walltime
      qsub -l procs=2 -- /bin/true            | 187 | qsub: Unknown resource Resource_List.procs
      qsub -l ncpus=2 -l select=1 -- true     | 5   | qsub: "-lresource=" cannot be used with "select" or "place", resource is: ncpus
      qsub nosuchfile.sh                      | 1   | qsub: script file:: No such file or directory
      qsub -J 0-20000 ok.sh                   | 3   | qsub: Array job exceeds server or queue size limit
      qsub -v A=a,b,c -- /bin/true            | 1   | qsub: cannot send environment with the job
      qsub -N "has space" ok.sh               | 2   | qsub: illegal -N value
      qsub -J 5 ok.sh                         | 2   | qsub: illegal -J value
      qsub -J 3-1 ok.sh                       | 2   | qsub: illegal -J value
      qsub -J 0-0 ok.sh                       | 2   | qsub: illegal -J value
      qsub -J 1,3,7 ok.sh                     | 2   | qsub: illegal -J value
      qsub -t 0-9 ok.sh                       | 2   | qsub: invalid option -- 't'
      qsub -p 5000 -- /bin/true               | 2   | qsub: illegal -p value
      qsub -W depend=bogus:0.vm ok.sh         | 2   | qsub: illegal -W value
      qstat 999999                            | 153 | qstat: Unknown Job Id 999999.vm
      qstat 999999.otherserver                | 1   | qstat: illegally formed job identifier: 999999.otherserver
      qstat notanid                           | 170 | qstat: Unknown queue destination notanid
      qdel 999999.vm 999998.vm                | 153 | qdel: Unknown Job Id 999999.vm
      qdel notanid                            | 1   | qdel: illegally formed job identifier: notanid
      qdel '999999[].vm'                      | 153 | qdel: Unknown Job Id 999999[].vm
      qrls 999999                             | 153 | qrls: Unknown Job Id 999999.vm
      PBS_SERVER=nosuch.invalid qsub ok.sh    | 160 | Unknown Host.
      PBS_CONF_FILE=/nonexistent qstat        | 255 | pbsconf error: pbs conf variables not found: PBS_HOME PBS_EXEC PBS_SERVER
      pbsnodes nosuchnode                     | 1   | Node: nosuchnode,  Error: Unknown node
      """)
  void refusesInPbssWords(String line, int exit, String words) {
    FakePbs.Ran ran = pbs.run(line).expect(exit);

    assertThat(ran.err().lines().findFirst().orElseThrow().strip()).isEqualTo(words);
    assertThat(ran.out()).isEmpty();
    assertThat(pbs.jobs()).isEmpty();
  }

  @Test
  void refusesCarriageReturns() {
    FakePbs.Ran ran = pbs.run("qsub", "#!/bin/bash\r\necho\r\n");

    assertThat(ran.err()).isEqualTo("qsub: script contains cr, lf\n");
    assertThat(ran.exit()).isNotZero();
  }

  @Test
  void takesDirectivesUpToTheFirstCommandAndPrefersTheCommandLine() throws IOException {
    script(
        "d.sh",
        " #PBS-N first",
        "#PBS -N second",
        "",
        "#PBS -l walltime=60",
        "#PBS -l walltime=90",
        "#PBS -o 'a b'",
        "true",
        "#PBS -N late");

    assertThat(facts(submit("-h d.sh")))
        .contains("Job_Name = second\n", "walltime = 00:01:00\n", "/a b\n");
    assertThat(facts(submit("-h -N mine -l walltime=7 d.sh")))
        .contains("Job_Name = mine\n", "walltime = 00:00:07\n");
    script("bad.sh", "#PBS -o path with");
    assertThat(pbs.run("qsub bad.sh").expect(1).err())
        .isEqualTo("qsub: directive error: -o path with \n");
  }

  @Test
  void jsonOfErrorsIsAHeader() {
    FakePbs.Ran ran = pbs.run("qstat -x -f -F json 999999.vm").expect(153);

    assertThat(masked(ran.out())).isEqualTo("""
            {
            \t"timestamp":\t0,
            \t"pbs_version":\t"23.06.06",
            \t"pbs_server":\t"vm"
            }
            """);
  }

  // ---- the life of a job

  @Test
  void tellsAJobThatSucceededAsOpenPbsDoes() {
    String id = end("ok.sh");

    String json = masked(pbs.run("qstat -x -f -F json " + id).expect(0).out());
    assertThat(json.replaceAll("(?s)\t\t\t\"Variable_List\".*?\\},\n", ""))
        .isEqualTo("""
            {
            ."timestamp":.0,
            ."pbs_version":."23.06.06",
            ."pbs_server":."vm",
            ."Jobs":.{
            .."0.vm":.{
            ..."Job_Name":."okjob",
            ..."Job_Owner":."USER@localhost",
            ..."resources_used":.{
            ...."cpupercent":.0,
            ...."cput":."0",
            ...."mem":."0kb",
            ...."ncpus":.2,
            ...."vmem":."0kb",
            ...."walltime":."00:00:00"
            ...},
            ..."job_state":."F",
            ..."queue":."workq",
            ..."server":."vm",
            ..."Checkpoint":."u",
            ..."ctime":."TIME",
            ..."Error_Path":."localhost:WORK/okjob.e0",
            ..."exec_host":."vm/0*2",
            ..."exec_vnode":."(vm[0]:ncpus=2:mem=102400kb)",
            ..."Hold_Types":."n",
            ..."Join_Path":."n",
            ..."Keep_Files":."n",
            ..."Mail_Points":."a",
            ..."mtime":."TIME",
            ..."Output_Path":."localhost:WORK/okjob.o0",
            ..."Priority":.0,
            ..."qtime":."TIME",
            ..."Rerunable":."True",
            ..."Resource_List":.{
            ...."mem":."100mb",
            ...."ncpus":.2,
            ...."nodect":.1,
            ...."place":."free",
            ...."select":."1:ncpus=2:mem=100mb",
            ...."walltime":."00:01:00"
            ...},
            ..."stime":."TIME",
            ..."obittime":."TIME",
            ..."session_id":.0,
            ..."jobdir":."HOME",
            ..."substate":.92,
            ..."comment":."Job run at TIME on (vm[0]:ncpus=2:mem=102400kb) and finished",
            ..."etime":."TIME",
            ..."run_count":.1,
            ..."Stageout_status":.1,
            ..."Exit_status":.0,
            ..."Submit_arguments":."ok.sh",
            ..."history_timestamp":.0,
            ..."project":."_pbs_project_default",
            ..."Submit_Host":."localhost"
            ..}
            .}
            }
            """.replaceAll("(?m)(?<=^\\.{0,9})\\.", "\t")
            .replace(":.", ":\t")
            .replace("WORK", pbs.work().toString())
            .replace("HOME", System.getProperty("user.home")));
  }

  @Test
  void runsTheScriptWithoutTheSubmittersVariables() throws IOException {
    String id = pbs.run("SECRET=1 qsub ok.sh").expect(0).out().strip();
    pbs.await(id, "F");

    Path out = pbs.work().resolve("okjob.o0");
    assertThat(out).hasContent(id + " " + pbs.work() + " 0077 ");
    assertThat(pbs.work().resolve("okjob.e0")).hasContent("err line");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      exit 3                | 3   | 93
      kill -SEGV $$         | 139 | 93
      bash -c 'kill -9 $$'  | 137 | 93
      no_such_command_here  | 127 | 93
      exit 300              | 44  | 93
      true                  | 0   | 92
      """)
  void tellsHowTheScriptEnded(String script, int exit, int substate) throws IOException {
    script("s.sh", script);

    assertThat(facts(end("s.sh")))
        .contains(
            "job_state = F\n", "Exit_status = " + exit + "\n", "substate = " + substate + "\n");
  }

  @Test
  void tellsHowTheFirstProcessEnded() {
    assertThat(facts(end("-- /bin/bash -c 'kill -KILL $$'"))).contains("Exit_status = 265\n");
    assertThat(facts(end("-- /no/such/binary"))).contains("Exit_status = 254\n");
    assertThat(facts(end("-S /no/such/shell ok.sh"))).contains("Exit_status = 254\n");
  }

  @Test
  void endsAJobThatRunsTooLong() throws IOException {
    script(
        "wall.sh",
        "#PBS -N wall",
        "#PBS -l walltime=1",
        "trap 'echo got TERM; exit 1' TERM",
        "while :; do sleep 0.1; done");

    assertThat(facts(end("wall.sh")))
        .contains("Exit_status = -29\n", "substate = 93\n", " and exceeded resource walltime\n");
    assertThat(pbs.work().resolve("wall.o0")).hasContent("got TERM");
    assertThat(Files.readString(pbs.work().resolve("wall.e0")))
        .containsPattern("=>> PBS: job killed: walltime \\d exceeded limit 1\n");
  }

  @Test
  void deletesARunningJobThatIgnoresTerm() throws IOException {
    script("ign.sh", "trap '' TERM", "touch started", "while :; do sleep 0.1; done");
    String id = submit("ign.sh");
    pbs.await(id, "R");
    pbs.run("qdel " + id).expect(0);
    pbs.run("qstat " + id).expect(0);
    pbs.await(id, "F");

    assertThat(facts(id)).contains("Exit_status = 271\n", "substate = 91\n", " and terminated by ");
    assertThat(pbs.run("qdel " + id).expect(35).err()).isEqualTo("qdel: Job has finished 0.vm\n");
    assertThat(pbs.run("qstat " + id).expect(35).err())
        .isEqualTo("qstat: 0.vm Job has finished, use -x or -H to obtain historical job"
            + " information\n");
  }

  @Test
  void deletesAJobThatWaits() {
    FakePbs.Ran ran = pbs.run("id=$(qsub -h exit3.sh); qstat $id; qdel $id").expect(0);

    assertThat(ran.out()).matches(Pattern.compile("""
        Job id            Name             User              Time Use S Queue
        ----------------  ---------------- ----------------  -------- - -----
        0.vm              exit3            .{16}         0 H workq {11}
        """));
    assertThat(facts("0.vm"))
        .contains("job_state = F\n", "substate = 91\n", "Hold_Types = u\n")
        .doesNotContain("Exit_status", "stime", "exec_host", "comment");
  }

  @Test
  void nameOfUnknownJobsAmongKnownOnes() {
    String first = submit("-h -- /bin/true");
    String second = submit("-h -- /bin/true");
    FakePbs.Ran ran =
        pbs.run("qdel " + first + " 999999.vm 999998.vm " + second).expect(153);

    assertThat(ran.err()).isEqualTo("qdel: Unknown Job Id 999999.vm\n");
    assertThat(pbs.jobs()).extracting(FakePbs.Job::state).containsExactly("F", "F");
  }

  @Test
  void aRequestThatIsTooLargeWaitsForEver() {
    String id = submit("-N toomany -l select=1:ncpus=99 -- /bin/true");
    FakePbs.await(() -> facts(id), () -> facts(id).contains("comment"));

    assertThat(facts(id))
        .contains(
            "job_state = Q\n",
            "comment = Can Never Run: Insufficient amount of resource: ncpus (R: 99 A: 8 T: 8)\n");
  }

  @Test
  void outputThatCanNotBeDeliveredHoldsTheJob() {
    pbs.fault("undeliverable_delay=1");
    String id = submit("-o /nonexistent/x.out -j oe -- /bin/echo hi");
    pbs.await(id, "E");
    assertThat(facts(id)).contains("Exit_status = 0\n", "substate = 51\n");
    pbs.await(id, "F");

    assertThat(facts(id)).contains("Exit_status = 0\n", "substate = 92\n");
    assertThat(pbs.undelivered().resolve(id + ".OU")).hasContent("hi");
  }

  @Test
  void outputIsThereAtTheEndUnlessItIsKept() throws IOException {
    script("two.sh", "echo start; until [[ -e $PBS_O_WORKDIR/go ]]; do sleep 0.05; done; echo end");
    String live = submit("-N live -k oed -j oe two.sh");
    String usual = submit("-N usual -j oe two.sh");
    Path written = pbs.work().resolve("live.o0");
    FakePbs.await(() -> "start in " + written, () -> hasText(written, "start\n"));
    assertThat(pbs.work().resolve("usual.o1")).doesNotExist();
    Files.createFile(pbs.work().resolve("go"));
    pbs.await(live, "F");
    pbs.await(usual, "F");

    assertThat(written).hasContent("start\nend");
    assertThat(pbs.work().resolve("usual.o1")).hasContent("start\nend");
  }

  private static boolean hasText(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).equals(text);
    } catch (IOException e) {
      return false;
    }
  }

  // ---- arrays and dependencies

  @Test
  void deletesElementsOfAnArray() {
    pbs.run("qsub -J 0-5 -l ncpus=4 long.sh").expect(0);
    pbs.await("0[1].vm", "R");
    pbs.run("qdel '0[4].vm'; qdel '0[2-3].vm'").expect(0);

    assertThat(pbs.run("qstat -t '0[].vm' | awk 'NR > 2 { print $1, $5 }'").out())
        .isEqualTo("0[].vm B\n0[0].vm R\n0[1].vm R\n0[2].vm X\n0[3].vm X\n0[4].vm X\n0[5].vm Q\n");
    assertThat(facts("0[].vm"))
        .contains(
            "array_state_count = Queued:1 Running:2 Exiting:0 Expired:3\n",
            "array_indices_submitted = 0-5\n",
            "array_indices_remaining = 5\n");
    pbs.run("qdel '0[].vm'").expect(0);
    pbs.await("0[].vm", "F");
    assertThat(facts("0[2].vm")).contains("Exit_status = 1\n").doesNotContain("stime", "exec_host");
    assertThat(facts("0[0].vm")).contains("Exit_status = 271\n", "array_index = 0\n");
  }

  @Test
  void eachElementOfAnArrayHasItsEnd() {
    pbs.run("qsub -J 0-3%2 arrfail.sh").expect(0);
    pbs.await("0[].vm", "F");

    assertThat(
            pbs.run("qstat -x -t -f '0[].vm' | grep -E '^Job Id|Exit_status'").out())
        .matches("""
            Job Id: 0\\[\\].vm
                Exit_status = [01]
            Job Id: 0\\[0\\].vm
                Exit_status = 0
            Job Id: 0\\[1\\].vm
                Exit_status = 1
            Job Id: 0\\[2\\].vm
                Exit_status = 2
            Job Id: 0\\[3\\].vm
                Exit_status = 3
            """);
    assertThat(pbs.work().resolve("arrfail.o0.3")).isEmptyFile();
  }

  @Test
  void dependenciesRunOrAreCancelled() {
    String parent = submit("-N depA -- /bin/sh -c 'sleep 1; exit 1'");
    String ok = submit("-W depend=afterok:" + parent + " -- /bin/true");
    String notOk = submit("-W depend=afternotok:" + parent + " -- /bin/true");
    String any = submit("-W depend=afterany:" + parent + " -- /bin/true");
    String unknown = submit("-W depend=afterok:999999.vm -- /bin/true");
    assertThat(facts(ok)).contains("job_state = H\n", "Hold_Types = s\n", "substate = 22\n");
    for (String id : new String[] {ok, notOk, any, unknown}) {
      pbs.await(id, "F");
    }

    assertThat(facts(notOk)).contains("Exit_status = 0\n");
    assertThat(facts(any)).contains("Exit_status = 0\n");
    assertThat(facts(ok)).contains("substate = 92\n").doesNotContain("Exit_status", "stime");
    assertThat(facts(unknown)).contains("substate = 92\n").doesNotContain("Exit_status", "stime");
  }

  // ---- traps

  @Test
  void jsonOfSeveralIdsTellsTheFirst() {
    String ids = end("-- /bin/true") + " " + end("-- /bin/false");
    String exits = " | grep -c Exit_status";

    assertThat(pbs.run("qstat -x -f -F json " + ids + exits).out()).isEqualTo("1\n");
    assertThat(pbs.run("qstat -x -f -F dsv " + ids + exits).out()).isEqualTo("2\n");
    assertThat(pbs.run("qstat -x -f -F json" + exits).out()).isEqualTo("2\n");
    pbs.fault("json_multi_id_bug=off");
    assertThat(pbs.run("qstat -x -f -F json " + ids + exits).out()).isEqualTo("2\n");
  }

  @Test
  void jsonGuessesTypes() {
    String id = submit("-h -N 00123 -P 1e5 -A 12345678901234567890 -v A=007,B=1.50,C=1e400,D=true,"
        + "E=null,F=NaN,G=0x10,H=\"{a}\",J=-0,K=9007199254740993,L=inf -- /bin/true");

    String json = pbs.run("qstat -f -F json " + id).expect(0).out();
    assertThat(json)
        .contains(
            "\"Job_Name\":\t\"00123\",",
            "\"Account_Name\":\t\"12345678901234567890\",",
            "\"A\":\t7,",
            "\"B\":\t1.5,",
            "\"C\":\tnull,",
            "\"D\":\ttrue,",
            "\"E\":\tnull,",
            "\"F\":\t\"NaN\",",
            "\"G\":\t\"0x10\",",
            "\"H\":\t\"{a}\",",
            "\"J\":\t-0,",
            "\"K\":\t9.00719925474099e+15,",
            "\"L\":\t\"inf\",",
            "\"project\":\t\"1e5\",");
  }

  @Test
  void aTrailingBackslashSwallowsTheNextVariable() {
    String id =
        pbs.run("END='end\\' NEXT=x qsub -h -V -- /bin/true").expect(0).out().strip();

    assertThat(facts(id)).contains(",END=end\\\\,");
    assertThat(pbs.run("qstat -f -F json " + id + " | grep -o 'end.*,'").out())
        .contains("end\\\\,");
    assertThat(end("-v 'T=end\\' -- /bin/sh -c 'test \"$T\" = end\\\\\\\\'")).isNotEmpty();
  }

  @Test
  void tooManyCommandsAMinuteWait() {
    pbs.fault("budget=2", "budget_penalty=1");
    pbs.run("qselect; qselect").expect(0);
    Instant before = Instant.now();
    FakePbs.Ran ran = pbs.run("qselect").expect(0);

    assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofSeconds(1));
    assertThat(ran.err())
        .isEqualTo("pbs_iff: cannot connect to host\npbs_iff: all reserved ports in use\n");
  }

  @Test
  void historyThatIsOffIsToldWithExitZero() {
    pbs.fault("history=off");
    end0();

    assertThat(pbs.run("qstat 0.vm").expect(153).err()).isEqualTo("qstat: Unknown Job Id 0.vm\n");
    assertThat(pbs.run("qstat -x -f -F json").expect(0).err())
        .startsWith("qstat: PBS is not configured to maintain job history");
  }

  private void end0() {
    submit("-- /bin/true");
    FakePbs.await(() -> "no jobs, but: " + pbs.jobs(), () -> pbs.jobs().isEmpty());
  }

  // ---- faults

  @Test
  void aServerThatIsDownIsTold() {
    String id = submit("-- /bin/true");
    pbs.await(id, "F");
    for (Runnable down : new Runnable[] {() -> pbs.fault("down=on"), pbs::stopServer}) {
      down.run();
      assertThat(pbs.run("qstat").expect(255).err())
          .isEqualTo("Connection refused\nqstat: cannot connect to server vm (errno=15010)\n");
      assertThat(pbs.run("qsub ok.sh").expect(162).err())
          .isEqualTo("Connection refused\nqsub: cannot connect to server vm (errno=15010)\n");
      assertThat(pbs.run("qdel 0.vm").expect(162).err())
          .isEqualTo("Connection refused\nCouldn't connect to cluster: vm\n");
    }
    pbs.startServer();
    pbs.mend();
    assertThat(facts(id)).contains("Exit_status = 0\n");
  }

  @Test
  void jobsOutliveTheServer() throws IOException {
    script("wait.sh", "until [[ -e $PBS_O_WORKDIR/go ]]; do sleep 0.05; done; exit 7");
    String id = submit("wait.sh");
    pbs.await(id, "R");
    pbs.stopServer();
    Files.createFile(pbs.work().resolve("go"));
    pbs.startServer();
    pbs.await(id, "F");

    assertThat(facts(id)).contains("Exit_status = 7\n", "run_count = 1\n");
  }

  @Test
  void aSubmissionMayLoseItsAnswer() {
    pbs.fault("drop_submits=1");
    FakePbs.Ran lost = pbs.run("qsub -N lost ok.sh");

    assertThat(lost.exit()).isNotZero();
    assertThat(lost.out()).isEmpty();
    assertThat(pbs.jobs()).extracting(FakePbs.Job::name).containsExactly("lost");
    assertThat(submit("ok.sh")).isEqualTo("1.vm");
  }

  @Test
  void aLostNodeLetsItsJobsRunAgain() {
    String id = submit("long.sh");
    pbs.await(id, "R");
    pbs.fault("nodes_down=vm[0]");
    FakePbs.await(() -> facts(id), () -> facts(id).contains("run_count = 2"));

    assertThat(facts(id)).contains("exec_vnode = (vm[1]:ncpus=1)\n");
  }

  @Test
  void answersMayLackJobsOrBeGarbled() {
    String held = submit("-h -- /bin/true");
    String other = submit("-h -- /bin/true");
    pbs.fault("missing=" + held, "state=" + other + ":Y", "banner_before=welcome", "json_broken=x");

    assertThat(pbs.run("qselect").out()).isEqualTo("welcome\n" + other + "\n");
    assertThat(pbs.run("qstat -f " + other + " | grep job_state").out())
        .isEqualTo("    job_state = Y\n");
    pbs.fault("json_truncated=30");
    assertThat(pbs.run("qstat -f -F json").out()).hasSize(38);
    pbs.mend();
    assertThat(pbs.run("qselect").out()).isEqualTo(held + "\n" + other + "\n");
    pbs.fault("fail=qdel:1:17:No such luck");
    assertThat(pbs.run("qdel " + held).expect(17).err()).isEqualTo("No such luck\n");
    pbs.run("qdel " + held).expect(0);
  }

  @Test
  void theLimitOfJobsThatWaitIsKept() {
    pbs.run("qmgr -c 'set server max_queued = [u:PBS_GENERIC=1]'").expect(0);
    submit("-h -- /bin/true");

    assertThat(pbs.run("qsub -h -- /bin/true").expect(38).err())
        .isEqualTo("qsub: would exceed complex's per-user limit of jobs in 'Q' state\n");
  }

  @Test
  void notesItsCommands() {
    pbs.run("qstat; qstat -x 'a b'");

    assertThat(pbs.commands())
        .extracting(command -> String.join("|", command.words()))
        .containsExactly("qstat", "qstat|-x|a b");
    assertThat(pbs.count("qstat")).isEqualTo(2);
  }
}
