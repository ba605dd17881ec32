// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an entry's {@code config} may say; no cluster is asked. */
class K8sConfigTest {
  private static final Map<String, Object> PLAIN = Map.of("namespace", "ns", "image", "app:1");

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", Map.of("config", PLAIN));

  private Backend with(String json) {
    Map<String, Object> config = new LinkedHashMap<>(PLAIN);
    config.putAll(new Gson().fromJson(json, new TypeToken<Map<String, Object>>() {}.getType()));
    return hpc.runtime().open("k8s", Map.of("config", config));
  }

  private static JsonObject pod(Backend backend, JobSpec job) {
    JsonObject object = JsonParser.parseString(backend.script(job)).getAsJsonObject();
    return Fields.at(object, "spec", "template", "spec").getAsJsonObject();
  }

  private JsonObject pod(String json) {
    return pod(with(json), hpc.job("pod").command("true").build());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"pod": {"restartPolicy": "OnFailure"}}                               | pod.restartPolicy cannot be set
      {"pod": {"activeDeadlineSeconds": "5"}}                               | --walltime
      {"pod": {"terminationGracePeriodSeconds": "5"}}                       | set grace
      {"pod": {"imagePullPolicy": "Always"}}                                | image_pull_policy
      {"pod": {"containers": [{"name": "main"}]}}                           | pod.containers: the name 'main' is taken
      {"pod": {"initContainers": [{"name": "main"}]}}                       | pod.initContainers: the name 'main' is taken
      {"pod": {"containers": [{"name": "a"}, {"name": "a"}]}}               | 'a' is there twice
      {"pod": {"containers": [{"image": "a"}]}}                             | each needs a name
      {"pod": {"containers": {"name": "a"}}}                                | must be a list
      {"pod": {"volumes": [{"name": "volume-0"}]}, "volumes": [{"claim": "c", "mount": "/c"}]} | 'volume-0' is taken
      {"pod": {"nodeSelector": {"a": "b"}}, "node_selector": {"c": "d"}}    | node_selector, too
      {"labels": {"hpc-launch/token": "x"}}                                 | labels: 'hpc-launch/token' cannot be set
      {"labels": {"app.kubernetes.io/managed-by": "me"}}                    | labels: 'app.kubernetes.io/managed-by' cannot be set
      {"labels": {"job-name": "x"}}                                         | labels: 'job-name' cannot be set
      {"annotations": {"hpc-launch/name": "x"}}                             | annotations: 'hpc-launch/name' cannot be set
      {"image_pull_policy": "Sometimes"}                                    | image_pull_policy must be Always
      """)
  void whatIsSetForEveryPodIsRefusedAtOnce(String json, String words) {
    assertThatThrownBy(() -> with(json))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatElseAPodSaysStands() {
    JsonObject pod = pod("""
        {"labels": {"team": "a"}, "node_selector": {"disk": "ssd"}, "image_pull_policy": "Never",
         "pod": {"shareProcessNamespace": false, "containers": [{"name": "proxy", "image": "p"}]}}
        """);
    assertThat(Fields.objects(pod, "containers"))
        .extracting(each -> Fields.text(each, "name"))
        .containsExactly("main", "proxy");
    assertThat(Fields.text(pod, "nodeSelector", "disk")).isEqualTo("ssd");
    assertThat(Fields.text(pod, "shareProcessNamespace")).isEqualTo("false");
    assertThat(Fields.text(pod, "restartPolicy")).isEqualTo("Never");
    assertThat(Fields.text(Fields.objects(pod, "containers").get(0), "imagePullPolicy"))
        .isEqualTo("Never");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"ttl": "00:00:00"}                                          | ttl must be more than zero: else the cluster removes
      {"start_timeout": "00:00:00"}                                | more than zero
      {"volumes": [{"host_path": "data", "mount": "/data"}]}       | host_path must be an absolute path, not 'data'
      """)
  void valuesThatMakeNoSenseAreRefusedAtOnce(String json, String words) {
    assertThatThrownBy(() -> with(json))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(words);
  }

  /** As 'kubectl delete --grace-period=1' does: with 0 nobody waits for the end. */
  @Test
  void withoutGraceAPodIsKilledAtOnceAndAwaited() {
    assertThat(Fields.text(pod("{\"grace\": \"00:00:00\"}"), "terminationGracePeriodSeconds"))
        .isEqualTo("1");
    assertThat(Fields.text(pod("{\"grace\": \"00:00:05\"}"), "terminationGracePeriodSeconds"))
        .isEqualTo("5");
  }

  @Test
  void aContainerSeesTheGpusThatItsJobAsksFor() {
    JobSpec.Builder job = hpc.job("gpu")
        .command("true")
        .container(ContainerSpec.defaultImage().gpu(true).build());
    assertThatThrownBy(() -> with("{}").script(job.build()))
        .isInstanceOf(Unsupported.class)
        .hasMessageContainingAll("--nv", "--gpus");
    JsonObject main =
        Fields.objects(pod(with("{}"), job.gpus(2).build()), "containers").get(0);
    assertThat(Fields.text(main, "resources", "limits", "nvidia.com/gpu")).isEqualTo("2");
  }
}
