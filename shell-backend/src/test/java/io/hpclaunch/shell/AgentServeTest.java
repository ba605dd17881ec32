// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.shell.AgentSpool.Job;
import io.hpclaunch.shell.AgentTalk.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process that serves many requests, and queries for what is new. */
class AgentServeTest {
  @TempDir
  Path folder;

  private AgentSpool spool;
  private AgentTalk session;

  @BeforeEach
  void open() throws IOException {
    spool = new AgentSpool(folder);
    session = spool.serve();
  }

  @AfterEach
  void close() throws IOException {
    session.close();
    spool.close();
  }

  private Answer query(String... ids) throws IOException {
    return session.ask("query", List.of(ids));
  }

  private Answer since(String mark, String... ids) throws IOException {
    return session.ask("query", List.of(ids), "--since", mark);
  }

  private static String mark(Answer answer) {
    assertThat(answer.lines().get(0)).matches("mark \\S+");
    return answer.lines().get(0).substring(5);
  }

  private static List<String> news(Answer answer) {
    return answer.lines().subList(1, answer.lines().size());
  }

  @Test
  void jobsAreSubmittedFollowedAndCancelledInOneProcess() throws IOException {
    Job quick = spool.job("exit 3");
    Job slow = spool.job("sleep 300");
    assertThat(session.submit(quick)).isTrue();
    assertThat(session.submit(slow)).isTrue();
    assertThat(spool.end(quick).get(3)).isEqualTo("FAILED");
    assertThat(query(quick.id()).lines().get(0)).contains(" FAILED 3 - exit_code ");
    assertThat(session.ask("cancel", List.of(slow.id(), quick.id())).lines())
        .containsExactly("asked " + slow.id(), "ended " + quick.id());
    assertThat(spool.end(slow).get(3)).isEqualTo("CANCELLED");
    assertThat(session.ask("host", List.of()).lines()).contains("slots 2");
    assertThat(session.ask("find", List.of("h0000001testtoken")).lines()).hasSize(1);
    assertThat(session.ask("queue", List.of())).isEqualTo(new Answer(List.of(), "done 0"));
    assertThat(session.end()).isZero();
  }

  @Test
  void requestsMayBeSentBeforeTheAnswersAreRead() throws IOException {
    StringBuilder requests = new StringBuilder();
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      jobs.add(spool.job("true"));
      requests.append("submit 1 --slots 2\n").append(jobs.get(i)).append('\n');
    }
    session.send(requests.toString());
    for (Job job : jobs) {
      assertThat(session.answer()).isEqualTo(new Answer(List.of("ok " + job.id()), "done 0"));
    }
    for (Job job : jobs) {
      assertThat(spool.end(job).get(3)).isEqualTo("COMPLETED");
    }
    assertThat(Files.readAllLines(spool.spool().resolve("ledger")))
        .filteredOn(line -> line.startsWith("~V "))
        .hasSize(1);
  }

  @Test
  void wrongRequestsAreToldAndTheNextOneIsServed() throws IOException {
    for (String wrong :
        List.of("", "query", "query -1", "query 01", "query x", "query 9999999999")) {
      session.send(wrong + "\n");
      assertThat(session.answer().done()).as(wrong).startsWith("done 2 ");
    }
    assertThat(session.ask("dance", List.of("one", "two")).done()).contains("no%20verb%20dance");
    assertThat(session.ask("serve", List.of()).done()).startsWith("done 2 ");
    assertThat(session.ask("submit", List.of(), "--slots", "0").done()).startsWith("done 2 ");
    assertThat(session.ask("submit", List.of(), "--slots").done()).startsWith("done 2 ");
    assertThat(query("rubbish").lines()).singleElement().asString().startsWith("unknown rubbish ");
    assertThat(query()).isEqualTo(new Answer(List.of(), "done 0"));
  }

  @Test
  void aRequestThatIsNotThereWholeIsNotDone() throws IOException {
    Job first = spool.job("true");
    Job torn = spool.job("true");
    assertThat(session.submit(first)).isTrue();
    session.send("submit 1 --slots 2\n" + torn);
    assertThat(session.end()).isZero();
    assertThat(spool.end(first).get(3)).isEqualTo("COMPLETED");
    assertThat(spool.query(torn.id()).get(0).get(0)).isEqualTo("unknown");
  }

  @Test
  void nothingOfASessionIsLeft() throws IOException {
    assertThat(session.submit(spool.job("true"))).isTrue();
    session.end();
    AgentSpool.await(this::retired);
    try (var files = Files.list(spool.spool())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "agent.lock", "agent.log", "cgroups", "helpers", "ledger", "ledger.lock", "wake");
    }
  }

  private boolean retired() {
    try {
      return spool.agent() == 0 && !Files.exists(spool.spool().resolve("due"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFailedVerbNeitherEndsTheSessionNorKeepsALock() throws IOException {
    Job first = spool.job("true");
    assertThat(session.submit(first)).isTrue();
    spool.end(first);
    AgentSpool.await(this::retired);
    Path ledger = spool.spool().resolve("ledger");
    Path aside = folder.resolve("ledger");
    Files.move(ledger, aside);
    Files.createDirectory(ledger);
    Job refused = spool.job("true");
    assertThat(
            session.ask("submit", List.of(refused.toString()), "--slots", "2").lines())
        .singleElement()
        .asString()
        .startsWith("refused " + refused.id());
    Files.delete(ledger);
    Files.move(aside, ledger);
    Job next = spool.job("true");
    assertThat(session.submit(next)).isTrue();
    assertThat(spool.end(next).get(3)).isEqualTo("COMPLETED");
    assertThat(query(refused.id()).lines().get(0)).startsWith("unknown");
    assertThat(spool.submit(spool.job("true")).get(0)).startsWith("ok");
  }

  @Test
  void aSpoolThatCannotBeMadeEndsTheSession() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    try (AgentTalk refused = new AgentSpool(folder, file.resolve("shell")).serve()) {
      assertThat(refused.end()).isEqualTo(3);
    }
  }

  @Test
  void onlyWhatIsNewIsAnswered() throws IOException {
    Job gate = spool.job("until [[ -e " + folder + "/go ]]; do sleep 0.05; done");
    Job after = spool.job("true").after("afterok:" + gate.id());
    Job other = spool.job("sleep 300");
    assertThat(session.submit(gate)).isTrue();
    assertThat(session.submit(after)).isTrue();
    assertThat(session.submit(other)).isTrue();
    AgentSpool.await(() -> Files.exists(other.folder().resolve("announced")));
    String[] ids = {gate.id(), after.id(), other.id()};
    Answer all = since("-", ids);
    assertThat(news(all)).hasSize(3);
    Answer none = since(mark(all), ids);
    assertThat(none.lines()).containsExactly("mark " + mark(all));
    Files.createFile(folder.resolve("go"));
    assertThat(spool.end(after).get(3)).isEqualTo("COMPLETED");
    Answer some = since(mark(all), ids);
    assertThat(news(some))
        .extracting(line -> line.split(" ", -1)[1])
        .containsExactly(gate.id(), after.id());
    assertThat(news(since(mark(all), after.id()))).hasSize(1);
    assertThat(news(since(mark(all), "*"))).hasSize(2);
    assertThat(since(mark(some), ids).lines()).hasSize(1);
    assertThat(session.ask("cancel", List.of(other.id())).done()).isEqualTo("done 0");
    assertThat(news(since(mark(some), ids))).singleElement().asString().contains(other.id());
    assertThat(spool.end(other).get(3)).isEqualTo("CANCELLED");
    assertThat(spool.call("*\n", List.of("query", "--since", mark(some)))).hasSize(2);
  }

  @Test
  void elementsAreAnsweredOneByOne() throws IOException {
    Job array = spool
        .job("(( HPC_ARRAY_INDEX < 3 )) || sleep 300; until [[ -e " + folder
            + "/go ]]; do sleep 0.05; done")
        .array("1:4:1:-");
    assertThat(session.submit(array)).isTrue();
    String start = mark(since("-", array.id()));
    Files.createFile(folder.resolve("go"));
    AgentSpool.await(() -> spool.state(array.id() + "/2").equals("COMPLETED"));
    List<String> seen = news(since(start, array.id() + "/2"));
    assertThat(seen).singleElement().asString().contains(array.id() + " 2 COMPLETED");
    assertThat(session.ask("cancel", List.of(array.id())).done()).isEqualTo("done 0");
    AgentSpool.await(() -> spool.state(array.id() + "/4").equals("CANCELLED"));
    assertThat(news(since(start, array.id()))).hasSize(4);
  }

  @Test
  void whatThisLedgerLacksAndMarksOfAnotherOneAreAnsweredInAnyCase() throws IOException {
    Job job = spool.job("true");
    assertThat(session.submit(job)).isTrue();
    spool.end(job);
    session.ask("queue", List.of()); // what asks little and goes is followed by no mark
    String present = mark(since("-", job.id()));
    String stranger = UUID.randomUUID().toString();
    assertThat(news(since(present, job.id(), stranger)))
        .singleElement()
        .asString()
        .startsWith("unknown " + stranger);
    for (String mark : List.of("4711.1:1", "rubbish", present + "000", ":", "x:y")) {
      assertThat(news(since(mark, job.id()))).as(mark).hasSize(1);
    }
  }

  /** Each agent that begins compacts, while one session goes on submitting and asking. */
  @Test
  void compactionLosesNoSubmission() throws IOException {
    session.close();
    spool.with("HPC_SHELL_COMPACT", "1").with("HPC_SHELL_IDLE", "1");
    session = spool.serve();
    List<Job> jobs = new ArrayList<>();
    String mark = "-";
    for (int i = 0; i < 150; i++) {
      Job job = spool.job("echo ran");
      jobs.add(job);
      assertThat(session.submit(job)).isTrue();
      if (i % 10 == 9) {
        AgentSpool.kill(spool.agent());
        spool.helpers().forEach(AgentSpool::kill);
        spool.call("", List.of("repair"));
        mark = mark(since(mark, job.id()));
      }
    }
    for (Job job : jobs) {
      AgentSpool.await(() -> state(job).equals("COMPLETED"));
      assertThat(Files.readAllLines(job.folder().resolve("announced"))).hasSize(1);
    }
    assertThat(spool.spool().resolve("archive")).isNotEmptyDirectory();
  }

  private String state(Job job) {
    try {
      return query(job.id()).lines().get(0).split(" ", -1)[3];
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
