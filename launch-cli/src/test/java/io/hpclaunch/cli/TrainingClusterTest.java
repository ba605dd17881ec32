// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingClusterTest {
  @TempDir
  Path folder;

  private HttpClient client() throws Exception {
    KeyStore keys =
        KeyStore.getInstance(folder.resolve("training.p12").toFile(), "training".toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  private static String server(TrainingCluster cluster) throws IOException {
    Matcher server = Pattern.compile("https://127\\.0\\.0\\.1:\\d+")
        .matcher(Files.readString(cluster.kubeconfig()));
    assertThat(server.find()).isTrue();
    return server.group();
  }

  @Test
  void aJobThatItTookHasCompleted() throws Exception {
    try (TrainingCluster cluster = TrainingCluster.start(folder)) {
      URI jobs = URI.create(server(cluster) + "/apis/batch/v1/namespaces/default/jobs");
      HttpClient client = client();
      client.send(
          HttpRequest.newBuilder(jobs)
              .POST(HttpRequest.BodyPublishers.ofString("{\"metadata\": {\"name\": \"one\"}}"))
              .build(),
          HttpResponse.BodyHandlers.discarding());
      assertThat(client
              .send(
                  HttpRequest.newBuilder(URI.create(jobs + "/one")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body())
          .contains("\"name\":\"one\"", "\"type\":\"Complete\"");
    }
  }
}
