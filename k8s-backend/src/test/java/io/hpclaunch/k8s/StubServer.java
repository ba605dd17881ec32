// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An API server for faults that a real one cannot be asked for. It keeps objects and tells of
 * changes, and has no controllers: what the samples show of Jobs and pods, a test puts in.
 */
final class StubServer implements AutoCloseable {
  /** What a request gets in place of an answer. */
  interface Fault {
    /** True where it has answered, or dropped the connection. */
    boolean on(HttpExchange exchange) throws IOException;
  }

  private static final JsonObject END = new JsonObject();

  /** What the next requests that change something meet. */
  final ConcurrentLinkedDeque<Fault> faults = new ConcurrentLinkedDeque<>();

  /** Method and path of each request. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** By kind and name: {@code jobs/x}. */
  final Map<String, JsonObject> objects = new ConcurrentSkipListMap<>();

  /** What readers of a pod's log get, one after the other; then what a kubelet says without it. */
  final ConcurrentLinkedDeque<String> logs = new ConcurrentLinkedDeque<>();

  /** Whether arrays' fields are dropped, as 1.20 does. */
  volatile boolean old;

  /** A path that nobody may read, or empty. */
  volatile String forbidden = "";

  /** Whether what is deleted stays, as that which waits for others to be gone. */
  volatile boolean lingering;

  /** Whether each watch is answered that it goes on from what is too old. */
  volatile boolean expired;

  /** When watches of Jobs were asked for, in nanoseconds. */
  final List<Long> jobWatches = new CopyOnWriteArrayList<>();

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final List<Told> history = new ArrayList<>();
  private long version = 100;

  private record Told(long version, String kind, JsonObject event) {}

  private record Watcher(String kind, BlockingQueue<JsonObject> events) {}

  StubServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** A kubeconfig that leads here. */
  Path kubeconfig(Path folder) throws IOException {
    return kubeconfig(folder, server.getAddress().getPort(), "ns");
  }

  /** A kubeconfig that leads to a port of this machine, without a password. */
  static Path kubeconfig(Path folder, int port, String namespace) throws IOException {
    return Files.writeString(
        folder.resolve("stub.kubeconfig"),
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
            + "clusters: [{name: c, cluster: {server: \"http://127.0.0.1:" + port + "\"}}]\n"
            + "users: [{name: u, user: {}}]\n"
            + "contexts: [{name: c, context: {cluster: c, user: u, namespace: " + namespace
            + "}}]\n");
  }

  /** Puts an object in its place, and tells the watchers. */
  synchronized void put(String kind, JsonObject object) {
    object.getAsJsonObject("metadata").addProperty("resourceVersion", String.valueOf(++version));
    boolean there = objects.put(kind + "/" + Fields.name(object), object) != null;
    tell(kind, there ? "MODIFIED" : "ADDED", object);
  }

  /** Removes an object, and tells the watchers. */
  synchronized void remove(String kind, String name) {
    JsonObject gone = objects.remove(kind + "/" + name);
    if (gone != null) {
      gone.getAsJsonObject("metadata").addProperty("resourceVersion", String.valueOf(++version));
      tell(kind, "DELETED", gone);
    }
  }

  private void tell(String kind, String type, JsonObject object) {
    JsonObject event = new JsonObject();
    event.addProperty("type", type);
    event.add("object", object.deepCopy());
    history.add(new Told(version, kind, event));
    watchers.stream()
        .filter(watcher -> watcher.kind().equals(kind))
        .forEach(watcher -> watcher.events().add(event));
  }

  /** What watchers are told in place of an event. */
  void tellAll(JsonObject event) {
    watchers.forEach(watcher -> watcher.events().add(event));
  }

  /** All watches end, as at a restart. */
  void dropWatches() {
    tellAll(END);
  }

  int watches() {
    return watchers.size();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    requests.add(method + " " + path + " " + query);
    Fault fault = method.equals("GET") ? null : faults.poll();
    if (fault != null && fault.on(exchange)) {
      return;
    }
    if (path.equals(forbidden)) {
      send(exchange, 403, status(403, "Forbidden", path + " is forbidden"));
      return;
    }
    String[] parts = path.replaceFirst(".*/namespaces/[^/]+/|/api/v1/", "").split("/", -1);
    String kind = parts[0];
    if (method.equals("POST")) {
      create(exchange, kind, query.contains("dryRun=All"));
    } else if (query.contains("watch=true")) {
      watch(exchange, kind, query);
    } else if (parts.length > 2 && parts[2].equals("log")) {
      log(exchange);
    } else if (parts.length > 1) {
      one(exchange, method, kind, parts[1]);
    } else {
      list(exchange, kind);
    }
  }

  private void log(HttpExchange exchange) throws IOException {
    String next = logs.poll();
    String text = next == null ? "unable to retrieve container logs for containerd://0f1e" : next;
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private synchronized void create(HttpExchange exchange, String kind, boolean dry)
      throws IOException {
    JsonObject object = JsonParser.parseString(
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
        .getAsJsonObject();
    String key = kind + "/" + Fields.name(object);
    if (objects.containsKey(key)) {
      send(exchange, 409, status(409, "AlreadyExists", key + " already exists"));
      return;
    }
    JsonObject metadata = object.getAsJsonObject("metadata");
    metadata.addProperty("uid", "uid-" + version);
    metadata.addProperty(
        "creationTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    if (old && object.get("spec") instanceof JsonObject spec) {
      spec.remove("completionMode");
      spec.remove("backoffLimitPerIndex");
    }
    if (!dry) {
      put(kind, object);
    }
    send(exchange, 201, object);
  }

  private void one(HttpExchange exchange, String method, String kind, String name)
      throws IOException {
    JsonObject object = objects.get(kind + "/" + name);
    if (object == null) {
      send(exchange, 404, status(404, "NotFound", kind + " \"" + name + "\" not found"));
    } else if (method.equals("DELETE")) {
      requests.add(
          "BODY " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      delete(kind, object);
      send(exchange, 200, object);
    } else if (method.equals("PATCH")) {
      requests.add(
          "BODY " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      send(exchange, 200, object);
    } else {
      send(exchange, 200, object);
    }
  }

  private void delete(String kind, JsonObject object) {
    if (lingering) {
      JsonObject leaving = object.deepCopy();
      leaving
          .getAsJsonObject("metadata")
          .addProperty("deletionTimestamp", Instant.now().toString());
      put(kind, leaving);
    } else {
      remove(kind, Fields.name(object));
    }
  }

  private synchronized void list(HttpExchange exchange, String kind) throws IOException {
    JsonArray items = new JsonArray();
    objects.forEach((key, object) -> {
      if (key.startsWith(kind + "/")) {
        items.add(object);
      }
    });
    JsonObject metadata = new JsonObject();
    metadata.addProperty("resourceVersion", String.valueOf(version));
    JsonObject list = new JsonObject();
    list.add("metadata", metadata);
    list.add("items", items);
    send(exchange, 200, list);
  }

  /** What has happened since is told first. */
  private synchronized void begin(Watcher watcher, long since) {
    for (Told told : history) {
      if (told.version() > since && told.kind().equals(watcher.kind())) {
        watcher.events().add(told.event());
      }
    }
    watchers.add(watcher);
  }

  private void watch(HttpExchange exchange, String kind, String query) throws IOException {
    if (kind.equals("jobs")) {
      jobWatches.add(System.nanoTime());
    }
    if (expired) {
      send(exchange, 410, status(410, "Expired", "too old resource version"));
      return;
    }
    Watcher watcher = new Watcher(kind, new LinkedBlockingQueue<>());
    exchange.sendResponseHeaders(200, 0);
    begin(watcher, Long.parseLong(query.replaceFirst(".*resourceVersion=(\\d+).*", "$1")));
    try (OutputStream out = exchange.getResponseBody()) {
      out.flush();
      while (true) {
        JsonObject event = watcher.events().take();
        if (event.equals(END)) {
          return;
        }
        out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watchers.remove(watcher);
    }
  }

  static JsonObject status(int code, String reason, String message) {
    JsonObject status = new JsonObject();
    status.addProperty("kind", "Status");
    status.addProperty("message", message);
    status.addProperty("reason", reason);
    status.addProperty("code", code);
    return status;
  }

  static void send(HttpExchange exchange, int code, JsonObject object) throws IOException {
    byte[] body = object.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  List<String> asked(String word) {
    List<String> all = new ArrayList<>(requests);
    all.removeIf(request -> !request.contains(word));
    return all;
  }

  @Override
  public void close() {
    dropWatches();
    server.stop(0);
    threads.shutdownNow();
  }
}
