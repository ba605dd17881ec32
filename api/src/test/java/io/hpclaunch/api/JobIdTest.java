// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {
  @ParameterizedTest
  @CsvSource({
    "slurm:42, slurm, 42,,",
    "slurm:42/7, slurm, 42,, 7",
    "cluster:42@c1/0, cluster, 42, c1, 0",
    "pbs:12.server, pbs, 12.server,,",
    "pbs:12[].server/3, pbs, 12[].server,, 3",
    "pbs:12[3].server, pbs, 12[3].server,,",
    "shell:7b1c6f3a-0d1e-4f5a-9b2c-3d4e5f6a7b8c, shell, 7b1c6f3a-0d1e-4f5a-9b2c-3d4e5f6a7b8c,,",
    "k8s:ns:job, k8s, ns:job,,",
    "größe:1/999999999, größe, 1,, 999999999"
  })
  void idsAreReadAndWritten(
      String text,
      String backend,
      String value,
      @Nullable String cluster,
      @Nullable Integer index) {
    JobId id = new JobId(backend, new NativeId(value, cluster, index));
    assertThat(JobId.parse(text)).isEqualTo(id);
    assertThat(id).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "42",
        ":42",
        "slurm:",
        "slurm:4 2",
        "slurm:42/",
        "slurm:42/x",
        "slurm:42/-1",
        "slurm:42@",
        "slurm:42@a@b",
        "slurm:42/1/2",
        "s lurm:42",
        "slurm:42/1000000000",
        "slurm:4\u0001",
        "slurm:4\u00a02",
        "a/b:1",
        "slurm:42\n"
      })
  void allElseIsRefusedInOneLine(String text) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> JobId.parse(text))
        .withMessageContaining("is not a job id: expected NAME:NATIVE")
        .withMessageNotContaining("\n");
  }

  @Test
  void aBareIdMeansTheDefaultBackend() {
    assertThat(JobId.parse("42@c1/7", "slurm")).hasToString("slurm:42@c1/7");
    assertThat(JobId.parse("pbs:42", "slurm")).hasToString("pbs:42");
    assertThatExceptionOfType(InvalidJob.class).isThrownBy(() -> JobId.parse("", "slurm"));
  }

  @Test
  void partsThatCannotBeReadBackAreRefused() {
    NativeId id = NativeId.of("1");
    for (String name : new String[] {"", "a b", "a:b", "a/b", "a@b", "a\u0000"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> new JobId(name, id));
    }
    for (String value : new String[] {"", "4 2", "4/2", "4@2", "4\t"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> NativeId.of(value));
      assertThatIllegalArgumentException().isThrownBy(() -> id.onCluster(value));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> id.element(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> id.element(1_000_000_000));
  }

  @Test
  void everyIdThatCanBeMadeIsReadBack() {
    Random random = new Random(4);
    for (int i = 0; i < 2000; i++) {
      String cluster = random.nextBoolean() ? null : word(random, "");
      Integer index = random.nextBoolean() ? null : random.nextInt(1_000_000_000);
      JobId id = new JobId(word(random, ""), new NativeId(word(random, ":"), cluster, index));
      assertThat(JobId.parse(id.toString())).isEqualTo(id);
    }
  }

  private static String word(Random random, String more) {
    String letters = "ab0129.-_[]%~é日\uD83D\uDE00" + more;
    StringBuilder word = new StringBuilder("x");
    int length = random.nextInt(8);
    for (int i = 0; i < length; i++) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  @Test
  void elementsBelongToTheirArray() {
    NativeId array = NativeId.of("12[].server");
    assertThat(array.whole()).isSameAs(array);
    assertThat(array.element(3).whole()).isEqualTo(array);
    assertThat(new JobId("pbs", array).element(3)).hasToString("pbs:12[].server/3");
  }

  @ParameterizedTest
  @CsvSource({
    "afterok:42, afterok:slurm:42",
    "AFTERANY:pbs:12[].server/3, afterany:pbs:12[].server/3",
    "afternotok:42@c1, afternotok:slurm:42@c1"
  })
  void dependenciesAreRead(String text, String written) {
    Dependency dependency = Dependency.parse(text, "slurm");
    assertThat(dependency).hasToString(written);
    assertThat(Dependency.parse(written, "other")).isEqualTo(dependency);
  }

  @ParameterizedTest
  @CsvSource({
    "42, does not begin with afterok:",
    "after:42, does not begin with afterok:",
    "afterok, does not begin with afterok:",
    "'', does not begin with afterok:",
    "afterok:, is not a job id",
    "'afterok:4 2', is not a job id"
  })
  void otherDependenciesAreRefused(String text, String message) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Dependency.parse(text, "slurm"))
        .withMessageContaining(message);
  }

  @Test
  void tokensFitEverywhereAndDiffer() {
    Token token = Token.random();
    assertThat(token.value()).matches("[a-z][a-z0-9]{25}");
    assertThat(Token.random()).isNotEqualTo(token);
    assertThat(new Token(token.toString())).isEqualTo(token);
    for (String text :
        new String[] {"", "h234567", "Habcdefgh", "1abcdefgh", "habc-defgh", "h".repeat(41)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Token(text))
          .withMessageContaining(text);
    }
  }
}
