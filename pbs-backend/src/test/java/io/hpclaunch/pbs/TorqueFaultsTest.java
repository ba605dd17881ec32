// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static io.hpclaunch.pbs.PbsUser.awaited;
import static io.hpclaunch.pbs.PbsUser.id;
import static io.hpclaunch.pbs.PbsUser.look;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Unsupported;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes wrong, where Torque tells it otherwise than OpenPBS. */
@Timeout(120)
class TorqueFaultsTest {
  @RegisterExtension
  final FakePbs torque = FakePbs.torque("kill_delay=0.5", "depend_delay=0.1");

  @RegisterExtension
  final PbsUser user = new PbsUser(torque);

  /** It keeps jobs that ended for some minutes only. */
  @Test
  void theJobsOwnRecordTellsTheEndThatTorqueHasForgotten() throws Exception {
    torque.fault("keep_completed=0");
    Backend client = user.pbs();
    HPCProcess job = client.submit(user.noting("short").shell("exit 7").build());
    HPCProcess array = client.submit(user.noting("array")
        .shell("exit $((HPC_ARRAY_INDEX % 2))")
        .array(ArrayRange.of(1, 4))
        .build());
    assertThat(PbsUser.end(job).exitCode()).isEqualTo(7);
    assertThat(PbsUser.end(array).state()).isEqualTo(JobState.FAILED);
    assertThat(array.elements())
        .extracting(each -> each.info().state() == JobState.COMPLETED)
        .containsExactly(false, true, false, true);
    assertThat(torque.commands())
        .as("Torque knows no JSON")
        .noneMatch(command -> command.words().contains("-F"));
  }

  @Test
  void anExitStatusOfZeroIsNoSuccessWhereTorqueSaysOtherwise() throws Exception {
    Backend client = user.pbs();
    String deaf = "trap 'exit 0' TERM; sleep 99 & wait";
    HPCProcess deleted = client.submit(user.noting("deleted").shell(deaf).build());
    HPCProcess expired = client.submit(
        user.noting("expired").shell(deaf).walltime(Duration.ofSeconds(1)).build());
    HPCProcess queued = client.submit(user.noting("queued").nativeOptions("-h").build());
    HPCProcess depends = client.submit(
        user.noting("depends").dependsOn(Dependency.afterOk(expired.id())).build());
    PbsUser.until("it runs", () -> !user.starts("deleted").isEmpty());
    torque.run("qdel " + id(deleted) + " " + id(queued)).expect(0);

    assertThat(PbsUser.end(deleted).state()).isEqualTo(JobState.CANCELLED);
    assertThat(PbsUser.end(queued).state()).isEqualTo(JobState.CANCELLED);
    assertThat(PbsUser.end(expired).cause()).isEqualTo(Cause.TIMEOUT);
    JobInfo end = PbsUser.end(depends);
    assertThat(end.state()).as(end.toString()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(user.starts("queued")).isEmpty();
    assertThat(user.starts("depends")).isEmpty();
  }

  @Test
  void aRerunJobHasAnotherAttempt() throws Exception {
    Backend client = user.pbs();
    HPCProcess job = client.submit(user.noting("again")
        .shell("(($(wc -l <" + user.folder() + "/ran-again) > 1)) || sleep 99; exit 4")
        .build());
    PbsUser.until("it runs", () -> !user.starts("again").isEmpty());
    torque.run("qrerun " + id(job)).expect(0);
    JobInfo end = PbsUser.end(job);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(end.attempt()).isEqualTo(2);
  }

  @Test
  void aJobWhoseAnswerWasLostIsFoundByItsToken() throws Exception {
    torque.fault("drop_submits=1");
    HPCProcess job = user.pbs().submit(user.noting("dropped").build());
    assertThat(PbsUser.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(user.starts("dropped")).containsExactly(id(job));
    assertThat(user.submissions()).isEqualTo(1);
  }

  @Test
  void aServerThatIsDownIsToldAndSurvived() throws Exception {
    Backend client = user.pbs();
    HPCProcess job =
        client.submit(user.noting("survives").shell(user.awaitGo() + "; exit 9").build());
    awaited(client, job, JobState.RUNNING);
    torque.fault("down=on");
    JobInfo unknown = awaited(client, job, JobState.UNKNOWN);
    assertThat(unknown.reason()).contains("qstat");
    assertThat(job.onExit()).isNotDone();
    user.go();
    torque.mend();
    assertThat(PbsUser.end(job).exitCode()).isEqualTo(9);
  }

  @Test
  void elementsAreCancelledOneByOne() throws Exception {
    Backend client = user.pbs();
    HPCProcess array = client.submit(user.noting("array")
        .shell(user.awaitGo())
        .array(ArrayRange.parse("0-3%2"))
        .build());
    PbsUser.until("two run", () -> user.starts("array").size() == 2);
    List<HPCProcess> elements = new ArrayList<>(array.elements());
    client.cancel(List.of(elements.get(1).id(), elements.get(3).id()));
    user.go();
    PbsUser.end(array);
    assertThat(elements)
        .extracting(each -> look(client, each).state())
        .containsExactly(
            JobState.COMPLETED, JobState.CANCELLED, JobState.COMPLETED, JobState.CANCELLED);
  }

  @Test
  void valuesArriveAsTheyAre() throws Exception {
    String odd = "a,b 'c' \"d\" $HOME `e` \\ ü=\nnext";
    HPCProcess job = user.pbs()
        .submit(user.noting("odd")
            .environment("ODD", odd)
            .shell("printf %s \"$ODD\"")
            .build());
    PbsUser.end(job);
    assertThat(job.logs().stdout()).isEqualTo(odd);
  }

  @Test
  void whatIsRefusedIsToldInTorquesWordsAndLeavesNothing() {
    HpcRuntime client = user.open();
    Backend backend = user.pbs(client);
    assertThatThrownBy(() -> backend.submit(user.noting("x").queue("nosuch").build()))
        .isInstanceOf(Rejected.class)
        .hasMessageStartingWith("PBS refused the job: ")
        .hasMessageContaining("Unknown queue")
        .message()
        .doesNotContain("\n");
    assertThatThrownBy(() -> backend.submit(user.noting("x")
            .resources(Resources.parse("select=1:ncpus=1+1:ncpus=2"))
            .build()))
        .isInstanceOf(Unsupported.class);
    assertThat(user.jobFolders()).isEmpty();
    assertThat(PbsUser.known(client)).isEmpty();
    assertThat(torque.jobs()).isEmpty();
  }

  @Test
  void theQueueAndTheClusterAreTold() {
    Backend client = user.pbs();
    HPCProcess job =
        client.submit(user.noting("a name of some length").nativeOptions("-h").build());
    assertThat(client.queue(true)).singleElement().satisfies(entry -> {
      assertThat(entry.id()).isEqualTo(job.id().nativeId());
      assertThat(entry.name()).isEqualTo("a name of some length");
      assertThat(entry.state()).isEqualTo(JobState.HELD);
    });
    assertThat(client.resources().queues()).extracting("name").containsExactly("workq");
    assertThat(client.resources().nodes()).isNotEmpty();
  }
}
