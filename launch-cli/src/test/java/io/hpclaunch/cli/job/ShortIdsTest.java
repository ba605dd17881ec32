// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShortIdsTest {
  private static final String A = "01234567-89ab-cdef-0123-456789abcdef";
  private static final String LIKE_A = "01234567-0000-cdef-0123-456789abcdef";
  private static final String B = "89abcdef-89ab-cdef-0123-456789abcdef";

  @Test
  void onlyUuidsAreCut() {
    assertThat(ShortIds.in("after " + A + "/3, 4711.server and " + B + "$1"))
        .isEqualTo("after 01234567/3, 4711.server and 89abcdef$1");
    assertThat(ShortIds.beginning("4711.server")).isEqualTo("4711.server");
  }

  @Test
  void whatBeginsAlikeStays() {
    String text = A + " " + LIKE_A;
    assertThat(ShortIds.in(text)).isEqualTo(text);
    assertThat(ShortIds.in(A + " " + A)).isEqualTo("01234567 01234567");
  }
}
