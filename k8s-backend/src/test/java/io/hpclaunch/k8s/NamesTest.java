// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Token;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
  private static final Token TOKEN = new Token("h3k9x2m7qv5w8t4n6b1c0d5f2g");

  @Test
  void anyNameMakesANameOfAnObject() {
    for (String name :
        List.of("a", "My Job_1", "-x-", "ü", "", "a".repeat(200), "a".repeat(29) + "-b")) {
      String job = Names.job(name, TOKEN);
      assertThat(job).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?").hasSizeLessThanOrEqualTo(57);
      assertThat(Names.token(job)).contains(TOKEN);
    }
    assertThat(Names.job("My Job_1", TOKEN)).isEqualTo("my-job-1-" + TOKEN);
    assertThat(Names.job("ü", TOKEN)).isEqualTo(TOKEN.value());
    assertThat(Names.job("x", new Token("h".repeat(40)))).hasSizeLessThanOrEqualTo(57);
  }

  @Test
  void aStrangersNameHasNoToken() {
    assertThat(Names.token("backup-28")).isEmpty();
  }

  @Test
  void quantities() {
    assertThat(Quantities.ofBytes(16L << 30)).isEqualTo("16Gi");
    assertThat(Quantities.ofBytes(1536L << 20)).isEqualTo("1536Mi");
    assertThat(Quantities.ofBytes(1_000_001)).isEqualTo("1000001");
    assertThat(Quantities.whole("16Gi")).isEqualTo(16L << 30);
    assertThat(Quantities.whole("500m")).isZero();
    assertThat(Quantities.whole("1e3")).isEqualTo(1000);
    assertThat(Quantities.whole("1.5k")).isEqualTo(1500);
    assertThat(Quantities.whole("many")).isNull();
    assertThat(Quantities.count("999999999999")).isNull();
  }
}
