// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.HPCLauncher;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/** A jar made of sources, to be found as a plugin, with all that may be wrong with one. */
public final class PluginJar {
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, StringBuilder> services = new LinkedHashMap<>();
  private final List<Path> libraries = new ArrayList<>();
  private final List<String> compilerOptions = new ArrayList<>();
  private final List<String> left = new ArrayList<>();
  private final List<String> newer = new ArrayList<>();
  private String version = "";

  private PluginJar() {}

  /** An empty jar. */
  public static PluginJar of() {
    return new PluginJar();
  }

  /** A launcher with a name and aliases, and its line in the services file. */
  public static PluginJar launcher(String className, String name, String... aliases) {
    return of().withLauncher(className, name, aliases);
  }

  /** Adds a launcher with a name and aliases, and its line in the services file. */
  public PluginJar withLauncher(String className, String name, String... aliases) {
    String answers = Stream.of(aliases)
        .map(alias -> " || n.equals(\"" + alias + "\")")
        .collect(Collectors.joining());
    return provider(HPCLauncher.class, className, """
        public String name() { return "%1$s"; }
        public String executable() { return "%1$s"; }
        public boolean matches(String n) { return n.equals("%1$s")%2$s; }
        """.formatted(name, answers));
  }

  /** Adds a public class that implements a service, and its line in the services file. */
  public PluginJar provider(Class<?> service, String className, String body) {
    return source(className, "public class %s implements " + service.getName() + " {" + body + "}")
        .line(service, className);
  }

  /** Adds a class; {@code %s} in the code is its simple name. */
  public PluginJar source(String className, String code) {
    int dot = className.lastIndexOf('.');
    String declaration = dot < 0 ? "" : "package " + className.substring(0, dot) + ";\n";
    sources.put(className, declaration + code.replace("%s", className.substring(dot + 1)));
    return this;
  }

  /** Adds a line to a services file. */
  public PluginJar line(Class<?> service, String line) {
    services
        .computeIfAbsent(service.getName(), key -> new StringBuilder())
        .append(line)
        .append('\n');
    return this;
  }

  /** Adds a jar to compile against. */
  public PluginJar against(Path library) {
    libraries.add(library);
    return this;
  }

  /** Adds an option for the compiler. */
  public PluginJar option(String... options) {
    compilerOptions.addAll(List.of(options));
    return this;
  }

  /** Sets the manifest's Implementation-Version. */
  public PluginJar version(String text) {
    version = text;
    return this;
  }

  /** Compiles a class and leaves it out of the jar. */
  public PluginJar leaveOut(String className) {
    left.add(className);
    return this;
  }

  /** Makes a class file say that it is of a Java that does not exist yet. */
  public PluginJar compiledForNewerJava(String className) {
    newer.add(className);
    return this;
  }

  /** Writes the jar. */
  public Path write(Path jar) throws IOException {
    Files.createDirectories(jar.getParent());
    Path classes = Files.createTempDirectory(jar.getParent(), ".classes");
    compile(classes);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest());
        Stream<Path> all = Files.walk(classes)) {
      for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
        String entry = classes.relativize(path).toString();
        String className = entry.replace('/', '.').replaceFirst("[.]class$", "");
        if (!left.contains(className)) {
          byte[] bytes = Files.readAllBytes(path);
          if (newer.contains(className)) {
            bytes[7] = 100;
          }
          put(out, entry, bytes);
        }
      }
      for (Map.Entry<String, StringBuilder> service : services.entrySet()) {
        put(
            out,
            "META-INF/services/" + service.getKey(),
            service.getValue().toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private Manifest manifest() {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (!version.isEmpty()) {
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    }
    return manifest;
  }

  private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  private void compile(Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
    options.addAll(compilerOptions);
    List<Path> path = new ArrayList<>(libraries);
    for (Class<?> known : List.of(HPCLauncher.class, NullMarked.class, Logger.class)) {
      path.add(home(known));
    }
    options.add(sources.containsKey("module-info") ? "--module-path" : "--class-path");
    options.add(path.stream().map(Path::toString).collect(Collectors.joining(":")));
    StringWriter messages = new StringWriter();
    List<Source> units = sources.entrySet().stream()
        .map(e -> new Source(e.getKey(), e.getValue()))
        .toList();
    if (!units.isEmpty()
        && !compiler.getTask(messages, null, null, options, null, units).call()) {
      throw new IllegalArgumentException(messages.toString());
    }
  }

  /** The jar or folder that a class of the tests' own class path comes from. */
  public static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(String className, String code) {
      super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
