// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ChangeFeed;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.LogReader;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ReasonExplainer;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReporter;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.k8s.access.AccessSettings;
import io.hpclaunch.k8s.access.Cluster;
import io.hpclaunch.k8s.access.Clusters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs on Kubernetes: each is a {@code batch/v1} Job whose name comes from its token. A native id
 * is the Job's name at its namespace.
 */
public final class K8sBackend
    implements HPCBackend, ChangeFeed, LogReader, QueueReporter, ResourceReporter, ReasonExplainer {
  private static final Logger log = LoggerFactory.getLogger(K8sBackend.class);

  /** A selector that names more tokens than these may be too long for a request. */
  private static final int TOKENS_AT_ONCE = 50;

  /** What a node takes at most to clear away a pod whose processes are killed. */
  private static final Duration AFTER_GRACE = Duration.ofSeconds(30);

  private final Map<String, Jobs> namespaces = new HashMap<>();
  private @Nullable BackendContext context;
  private @Nullable K8sConfig config;
  private @Nullable Connection connection;
  private @Nullable Runnable bell;

  /** A cluster that is spoken to. */
  private record Connection(ApiClient api, String namespace, Submitter submitter) {}

  /** For the service loader. */
  public K8sBackend() {}

  @Override
  public String name() {
    return "k8s";
  }

  @Override
  public boolean matches(String given) {
    return given.equals("k8s") || given.equals("kubernetes");
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.of(
        Capability.ARRAYS,
        Capability.CONTAINERS,
        Capability.SECRETS,
        Capability.GPUS,
        Capability.WALLTIME);
  }

  @Override
  public List<ConfigKey> configKeys() {
    return K8sConfig.KEYS;
  }

  @Override
  public void initialize(BackendContext given) {
    context = given;
    config = K8sConfig.of(given.config());
  }

  private BackendContext context() {
    return Objects.requireNonNull(context, "initialize was not called");
  }

  private K8sConfig config() {
    return Objects.requireNonNull(config, "initialize was not called");
  }

  /** Nothing of the kubeconfig is read before something is asked. */
  private Connection connection() {
    Connection known = connection;
    if (known == null) {
      Cluster cluster = Clusters.open(
          new AccessSettings(config().kubeconfig(), config().context(), System.getenv()));
      ApiClient api = new ApiClient(cluster);
      known = new Connection(api, namespace(cluster), new Submitter(api));
      connection = known;
    }
    return known;
  }

  private String namespace(Cluster cluster) {
    String configured = config().namespace();
    String ofContext = cluster.namespace();
    return configured != null ? configured : ofContext != null ? ofContext : "default";
  }

  private Jobs jobs(@Nullable String namespace) {
    Connection to = connection();
    return namespaces.computeIfAbsent(namespace == null ? to.namespace() : namespace, name -> {
      Jobs jobs = new Jobs(to.api(), name, context().clock());
      if (bell != null) {
        jobs.follow(bell);
      }
      return jobs;
    });
  }

  private Manifest manifest(SubmitRequest request) {
    String configured = config().namespace();
    return new Manifest(
        config(),
        request,
        configured != null ? configured : connection().namespace(),
        context().name());
  }

  @Override
  public String script(SubmitRequest request) {
    Manifest manifest = manifest(request);
    String text = manifest.text();
    if (request.array() != null) {
      refuseArrayOnOldServer(manifest);
    }
    return text;
  }

  /** Only the server knows; one that cannot be asked now keeps nobody from seeing the object. */
  private void refuseArrayOnOldServer(Manifest manifest) {
    try {
      connection().submitter().requireArrays(manifest.job(), jobs(null));
    } catch (Rejected | BackendUnavailable | InvalidConfiguration e) {
      log.debug("Whether the cluster takes arrays cannot be asked", e);
    }
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    Manifest manifest = manifest(request);
    Connection to = connection();
    to.submitter().submit(manifest, request, jobs(null));
    return NativeId.of(manifest.name()).onCluster(to.namespace());
  }

  @Override
  public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    Map<Token, NativeId> found = new HashMap<>();
    List<Token> all = List.copyOf(tokens);
    for (int i = 0; i < all.size(); i += TOKENS_AT_ONCE) {
      List<Token> some = all.subList(i, Math.min(all.size(), i + TOKENS_AT_ONCE));
      found.putAll(ask("for jobs by their tokens", () -> jobs(null).find(some)));
    }
    return found;
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private <T> T ask(String about, Question<T> question) {
    try {
      return question.ask();
    } catch (ApiError e) {
      throw e.toHpc(connection().api().server());
    } catch (IOException e) {
      throw new BackendUnavailable(
          connection().api().server() + " cannot be asked " + about + ": " + told(e), e);
    }
  }

  /** In words, where Java has only the names of classes. */
  static String told(IOException e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof CertPathBuilderException) {
        return "nobody who is trusted has signed its certificate: set certificate-authority of the"
            + " cluster in the kubeconfig";
      }
    }
    if (e.getMessage() == null && e instanceof ConnectException) {
      return "the connection is refused, or nothing gets there";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  // ---- following
  // ---------------------------------------------------------------------------------

  @Override
  public void follow(Runnable changed) {
    bell = changed;
    namespaces.values().forEach(jobs -> jobs.follow(changed));
    jobs(null);
  }

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    Map<@Nullable String, List<NativeId>> byNamespace = new LinkedHashMap<>();
    ids.forEach(id ->
        byNamespace.computeIfAbsent(id.cluster(), each -> new ArrayList<>()).add(id));
    Map<NativeId, Observation> told = new HashMap<>();
    byNamespace.forEach((namespace, some) -> {
      try {
        told.putAll(
            new Status(connection().api(), jobs(namespace), config(), context().clock()).of(some));
      } catch (IOException e) {
        String why = connection().api().server() + ": " + told(e);
        some.forEach(id -> told.put(id, Observation.notAnswered(why)));
      }
    });
    return told;
  }

  @Override
  public void cancel(Collection<NativeId> ids) {
    Connection to = connection();
    List<String> refused = new ArrayList<>();
    for (NativeId id : ids) {
      ask("to end " + id, () -> {
        new Deletion(to.api(), jobs(id.cluster())).end(id).ifPresent(refused::add);
        return id;
      });
    }
    if (!refused.isEmpty()) {
      throw new Rejected(String.join("; ", refused));
    }
  }

  /** A Job that is asked to end is there until its pods are gone. */
  @Override
  public Duration cancelPatience() {
    return config().grace().plus(AFTER_GRACE);
  }

  @Override
  public void forget(Collection<NativeId> ids) {
    for (NativeId id : ids) {
      ask("to remove " + id, () -> {
        new Deletion(connection().api(), jobs(id.cluster())).remove(id.value());
        return id;
      });
    }
  }

  @Override
  public InputStream logs(NativeId id, JobLogs.Stream log, boolean follow) {
    return log == JobLogs.Stream.STDERR // the cluster keeps both as one
        ? new ByteArrayInputStream(new byte[0])
        : new PodLog(connection().api(), jobs(id.cluster()), id.value(), id.index(), follow);
  }

  // ---- the cluster
  // -------------------------------------------------------------------------------

  @Override
  public ResourceReport resources() {
    ApiClient api = connection().api();
    return ask("for its nodes", () -> Nodes.report(api.list("/api/v1/nodes"), requests(api)));
  }

  /** What the pods of all namespaces take; null for who may not list them. */
  private static @Nullable Requests requests(ApiClient api) throws IOException {
    Requests requests = new Requests();
    try {
      api.list(
          "/api/v1/pods"
              + ApiClient.parameters(
                  "fieldSelector", "status.phase!=Succeeded,status.phase!=Failed"),
          requests::add);
      return requests;
    } catch (ApiError e) {
      if (e.code() == 403) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public List<Entry> queue(boolean mineOnly) {
    return ask("for its jobs", () -> jobs(null).queue(mineOnly));
  }

  @Override
  public Optional<Explanation> explain(JobInfo info) {
    return Reasons.explain(info);
  }

  @Override
  public void close() {
    namespaces.values().forEach(Jobs::close);
    Connection open = connection;
    if (open != null) {
      open.api().close();
    }
  }
}
