// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The PBS of the tests, as Torque, does what the sources of Torque 6.1 say. */
class FakeTorqueTest {
  @RegisterExtension
  final FakePbs torque = FakePbs.torque("kill_delay=1");

  @Test
  void tellsItsVersionOnStandardError() {
    assertThat(torque.run("qstat --version").expect(0).err())
        .matches("Version: 6\\.1\\.2\nCommit: [0-9a-f]{40}\n");
  }

  @Test
  void refusesWhatOnlyOpenPbsKnows() {
    assertThat(torque.run("qsub -J 0-3 /dev/null").expect(2).err())
        .startsWith("qsub: invalid option -- 'J'\n");
    assertThat(torque.run("qsub -l select=1 </dev/null").expect(189).err())
        .startsWith("qsub: submit error (Unknown resource type ");
    assertThat(torque.run("qstat 99").expect(153).err())
        .isEqualTo("qstat: Unknown Job Id Error 99.vm\n");
  }

  @Test
  void keepsCompletedJobs() {
    torque.fault("keep_completed=2");
    torque.run("qsub -l nodes=1:ppn=2", "exit 9").expect(0);
    torque.await("0.vm", "F");

    assertThat(torque.run("qstat -x 0").expect(0).out())
        .startsWith("<?xml version=\"1.0\"?>\n<Data><Job><Job_Id>0.vm</Job_Id>")
        .contains(
            "<job_state>C</job_state>",
            "<exec_host>vm/0-1</exec_host>",
            "<nodes>1:ppn=2</nodes>",
            "<exit_status>9</exit_status>")
        .endsWith("</Job></Data>\n");
    FakePbs.await(() -> "0.vm forgotten", () -> torque.run("qstat 0").exit() == 153);
  }

  @Test
  void runsArrays() {
    torque.run("qsub -N a -t 0-2%2", "exit $PBS_ARRAYID").expect(0);
    torque.await("0[].vm", "F");

    assertThat(
            torque.run("qstat -t -f1 '0[].vm' | grep -E 'Job Id|exit_status'").out())
        .isEqualTo("""
            Job Id: 0[0].vm
                exit_status = 0
            Job Id: 0[1].vm
                exit_status = 1
            Job Id: 0[2].vm
                exit_status = 2
            """);
  }
}
