// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.core.shell.RawBytes;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class QstatTextTest {
  private static final String FOLDED = Fixture.text("running.txt");

  private static Listing parse(String text) {
    return QstatText.parse(RawBytes.encode(text));
  }

  @Test
  void foldedTextSaysTheSameAsJson() {
    Listing listing = parse(FOLDED);
    assertThat(listing.rejected()).isZero();
    assertThat(listing.jobs()).containsExactly(Fixture.job("running.json"));
    assertThat(parse(FOLDED.replace("\n\t", "")).jobs()).as("-w").isEqualTo(listing.jobs());
    assertThat(parse(FOLDED.replace("\n", "\r\n"))).isEqualTo(listing);
  }

  @Test
  void delimitedTextToo() {
    String flat = FOLDED.replace("\n\t", "").strip().replace(" = ", "=").replace("\n    ", "|");
    Listing listing = parse(flat + "\n");
    assertThat(listing.rejected()).isZero();
    assertThat(listing.jobs()).containsExactly(Fixture.job("running.json"));
    PbsJob odd = parse("Job Id: 2.vm|job_state=Q|comment=a\\|b|Variable_List=A=x\\|y,B=1|\n")
        .jobs()
        .get(0);
    assertThat(odd.comment()).isEqualTo("a|b");
    assertThat(odd.variables()).isEqualTo(Map.of("A", "x|y", "B", "1"));
  }

  @Test
  void severalJobs() {
    Listing listing = parse(Fixture.text("signals.txt"));
    assertThat(listing.rejected()).isZero();
    assertThat(listing.jobs()).hasSize(9);
    assertThat(listing.jobs().get(0).used().walltime()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void nothingIsBelievedOfAJobThatIsCutOff() {
    String two = FOLDED + FOLDED.replace("0.vm", "1.vm");
    for (int end = FOLDED.length() + "Job Id: 1.vm\n".length(); end < two.length(); end += 7) {
      Listing listing = parse(two.substring(0, end));
      assertThat(listing.jobs()).as("cut at %d", end).hasSize(1);
      assertThat(listing.damaged()).containsExactly(Objects.requireNonNull(PbsId.parse("1.vm")));
    }
  }

  @Test
  void torqueNamesSomeThingsDifferently() {
    PbsJob job = parse("""
            Job Id: 24.head
                Job_Name = fit
                job_state = C
                exec_host = n1/0-3+n2/0
                exit_status = 1
                start_time = Sat Nov 21 01:47:54 2026
                comp_time = Sat Nov 21 01:47:59 2026
                submit_args = fit.sh
                Variable_List = A=1,
            \tB=2

            """).jobs().get(0);
    assertThat(job.exitStatus()).isEqualTo(1);
    assertThat(job.hosts()).containsExactly("n1", "n2");
    assertThat(job.started()).isEqualTo("2026-11-21T01:47:54Z");
    assertThat(job.ended()).isEqualTo("2026-11-21T01:47:59Z");
    assertThat(job.submitArguments()).isEqualTo("fit.sh");
    assertThat(job.variables()).isEqualTo(Map.of("A", "1", "B", "2"));
  }

  @Test
  void garbageIsRejected() {
    assertThat(parse("").rejected()).isZero();
    assertThat(parse("qstat: cannot connect\nfoo\n").rejected()).isEqualTo(2);
    assertThat(parse("Job Id: x y\n    job_state = R\n\n").rejected()).isEqualTo(1);
    assertThat(parse("Job Id: 7.vm\n    Job_Name = a\n\n").damaged()).hasSize(1);
  }
}
