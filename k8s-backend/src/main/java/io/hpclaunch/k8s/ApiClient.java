// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.hpclaunch.k8s.access.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Requests to an API server. A refusal is an {@link ApiError}, a broken way an IOException. */
final class ApiClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int PAGE = 500;

  private final ExecutorService waiting = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "hpc-k8s-request");
    thread.setDaemon(true);
    return thread;
  });
  /** The client has no close before Java 21. Its thread is in here, and ends when interrupted. */
  private final ThreadGroup selectors = new ThreadGroup("hpc-k8s-http");

  private final Cluster cluster;
  private volatile HttpClient http;

  ApiClient(Cluster cluster) {
    this.cluster = cluster;
    http = client(cluster);
  }

  private HttpClient client(Cluster of) {
    FutureTask<HttpClient> made = new FutureTask<>(() -> build(of));
    new Thread(selectors, made, "hpc-k8s-http").start();
    try {
      return made.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + server() + " was to be asked", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("no HTTP client can be made: " + e.getCause(), e);
    }
  }

  private static HttpClient build(Cluster cluster) {
    // One connection for each request that is under way: a broken one harms no other.
    HttpClient.Builder builder = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .followRedirects(HttpClient.Redirect.NEVER);
    if (cluster.tls() != null) {
      builder.sslContext(cluster.tls());
    }
    URI proxy = cluster.proxy();
    builder.proxy(
        proxy == null // Java's own settings do not count
            ? HttpClient.Builder.NO_PROXY
            : ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())));
    return builder.build();
  }

  /** For messages. */
  String server() {
    return "the API server " + cluster.server();
  }

  /** A path of the API below a namespace, with parameters: names and values in turn. */
  static String path(String group, String namespace, String kind, String... parameters) {
    return group + "/namespaces/" + encode(namespace) + "/" + kind + parameters(parameters);
  }

  static String parameters(String... namesAndValues) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      text.append(i == 0 ? '?' : '&');
      text.append(encode(namesAndValues[i])).append('=').append(encode(namesAndValues[i + 1]));
    }
    return text.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  JsonObject get(String path) throws IOException {
    return json("GET", path, null, null);
  }

  JsonObject create(String path, JsonObject object) throws IOException {
    return json("POST", path, "application/json", object.toString());
  }

  JsonObject merge(String path, JsonObject change) throws IOException {
    return json("PATCH", path, "application/merge-patch+json", change.toString());
  }

  JsonObject delete(String path, JsonObject options) throws IOException {
    return json("DELETE", path, "application/json", options.toString());
  }

  /**
   * All objects of a list, page by page.
   *
   * @param path of the list, with parameters
   * @param each gets each of them
   * @return the version that a watch can go on from
   */
  String list(String path, Consumer<JsonObject> each) throws IOException {
    String next = "";
    while (true) {
      String page = path + (path.indexOf('?') < 0 ? '?' : '&') + "limit=" + PAGE;
      JsonObject list = get(next.isEmpty() ? page : page + "&continue=" + encode(next));
      Fields.objects(list, "items").forEach(object -> each.accept(slim(object)));
      next = Fields.textOr(Fields.at(list, "metadata"), "continue", "");
      if (next.isEmpty()) {
        return Fields.textOr(Fields.at(list, "metadata"), "resourceVersion", "");
      }
    }
  }

  List<JsonObject> list(String path) throws IOException {
    List<JsonObject> all = new ArrayList<>();
    list(path, all::add);
    return all;
  }

  /** Who changed which field is half of an object. */
  static JsonObject slim(JsonObject object) {
    if (Fields.at(object, "metadata") instanceof JsonObject metadata) {
      metadata.remove("managedFields");
    }
    return object;
  }

  /** An answer that comes piece by piece, to be closed by the caller. */
  InputStream stream(String path) throws IOException {
    HttpResponse<InputStream> answer = send(
        () -> request("GET", path, null, null),
        request -> http.send(request, HttpResponse.BodyHandlers.ofInputStream()));
    if (answer.statusCode() / 100 == 2) {
      return answer.body();
    }
    try (InputStream body = answer.body()) {
      throw ApiError.of(
          answer.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private JsonObject json(String method, String path, @Nullable String type, @Nullable String body)
      throws IOException {
    HttpResponse<String> answer = send(() -> request(method, path, type, body), this::wholeInTime);
    if (answer.statusCode() / 100 != 2) {
      throw ApiError.of(answer.statusCode(), answer.body());
    }
    try {
      JsonElement read = JsonParser.parseString(answer.body());
      if (read instanceof JsonObject object) {
        return object;
      }
      throw new IOException(server() + " answered no object");
    } catch (JsonParseException e) {
      throw new IOException(server() + " answered no JSON: " + e.getMessage(), e);
    }
  }

  private interface Way<T> {
    HttpResponse<T> send(HttpRequest request) throws IOException, InterruptedException;
  }

  private <T> HttpResponse<T> send(Supplier<HttpRequest> request, Way<T> way) throws IOException {
    try {
      HttpResponse<T> answer = way.send(request.get());
      if (answer.statusCode() != 401) {
        return answer;
      }
      if (answer.body() instanceof InputStream body) {
        body.close();
      }
      cluster.credentials().refused(); // it may have expired
      http = client(cluster); // open connections keep the certificate that they began with
      return way.send(request.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + server() + " was asked");
    }
  }

  /**
   * A request's own timeout is over when the answer begins. The client's asynchronous answers come
   * by the common pool, which may be a single thread that waits for this answer.
   */
  private HttpResponse<String> wholeInTime(HttpRequest request)
      throws IOException, InterruptedException {
    Future<HttpResponse<String>> answer =
        waiting.submit(() -> http.send(request, HttpResponse.BodyHandlers.ofString()));
    try {
      return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException(
          server() + " gave no answer within " + ANSWER.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private HttpRequest request(
      String method, String path, @Nullable String type, @Nullable String body) {
    HttpRequest.Builder request = cluster
        .request(path)
        .method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body))
        .timeout(ANSWER)
        .header("User-Agent", "hpc-launch");
    if (type != null) {
      request.header("Content-Type", type);
    }
    return request.build();
  }

  /**
   * What is under way ends. A JVM that ends waits for a thread that selects (300 ms in HotSpot).
   */
  @Override
  public void close() {
    selectors.interrupt();
    waiting.shutdownNow();
  }
}
