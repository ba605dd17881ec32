// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.Rejected;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiErrorTest {
  private static HpcException told(String version, int code, String sample) {
    return ApiError.of(code, Samples.text(version, sample)).toHpc("the API server X");
  }

  @Test
  void refusalsAreTheServersWordsInOneLine() {
    for (String version : List.of(Samples.OLD, Samples.NEW)) {
      assertThat(told(version, 403, "err.forbidden-403.json"))
          .isInstanceOf(Rejected.class)
          .hasMessageContaining("User \"alice\" cannot create resource \"jobs\"");
      assertThat(told(version, 404, "err.namespace-404.json"))
          .isInstanceOf(Rejected.class)
          .hasMessageContaining("namespaces \"nosuch\" not found");
      assertThat(told(version, 401, "err.unauthorized-401.json"))
          .isInstanceOf(Rejected.class)
          .hasMessageContaining("credentials");
      assertThat(told(version, 422, "err.immutable-422.json").getMessage())
          .doesNotContain("\n")
          .hasSizeLessThan(1100);
    }
  }

  @Test
  void aQuotaThatIsUsedUpGetsFreeAndOneThatIsTooSmallDoesNot() {
    HpcException full = told(Samples.NEW, 403, "err.quota-403.json");
    assertThat(((Rejected) full).isNoRoom()).isTrue();
    HpcException small = ApiError.of(
            403,
            "{\"message\":\"pods is forbidden: exceeded quota: q, requested: cpu=8,memory=1Gi,"
                + " used: cpu=0,memory=0, limited: cpu=4,memory=2Gi\",\"reason\":\"Forbidden\"}")
        .toHpc("X");
    assertThat(((Rejected) small).isNoRoom()).isFalse();
  }

  @Test
  void whatSomethingOnTheWayAnswersIsToldToo() {
    assertThat(ApiError.of(502, "<html>Bad\nGateway</html>").toHpc("X"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessage("X: HTTP status 502: <html>Bad; Gateway</html>");
  }

  @Test
  void aWatchThatIsTooOldIsGone() {
    String body = "{\"message\":\"too old resource version\",\"reason\":\"Expired\",\"code\":410}";
    assertThat(ApiError.of(410, body).isGone()).isTrue();
    assertThat(ApiError.of(404, "").isGone()).isFalse();
  }
}
