// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.PluginInfo.Kind;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.api.transport.TransportProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginsTest {
  private static final String MARK = "hpc.test.made";
  private static final String BACKEND = """
      public String name() { return "%s"; }
      public io.hpclaunch.api.NativeId submit(io.hpclaunch.api.SubmitRequest r) { return null; }
      public java.util.Map<io.hpclaunch.api.NativeId, io.hpclaunch.api.Observation> query(
          java.util.Collection<io.hpclaunch.api.NativeId> ids) { return java.util.Map.of(); }
      public void cancel(java.util.Collection<io.hpclaunch.api.NativeId> ids) {}
      """;

  @TempDir
  Path folder;

  private final List<AutoCloseable> toClose = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    System.clearProperty(MARK);
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private Plugins onClassPath(Path... jars) throws MalformedURLException {
    return discover(classPath(jars));
  }

  private Plugins onPluginPath(Path... elements) {
    return discover(getClass().getClassLoader(), elements);
  }

  private Plugins discover(ClassLoader loader, Path... elements) {
    Plugins plugins = Plugins.discover(loader, List.of(elements));
    toClose.add(plugins);
    return plugins;
  }

  private ClassLoader classPath(Path... jars) throws MalformedURLException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader());
    toClose.add(loader);
    return loader;
  }

  private Path jar(String name, PluginJar content) throws IOException {
    return content.write(folder.resolve(name));
  }

  private static String named(Plugins plugins, String name) {
    return plugins.launcher(name).orElseThrow().name();
  }

  @Test
  void anExactNameBeatsAnAlias() throws IOException {
    Plugins plugins = onClassPath(
        jar("a.jar", PluginJar.launcher("a.A", "acme", "srun")),
        jar("b.jar", PluginJar.launcher("b.B", "srun")));
    assertThat(named(plugins, "srun")).isEqualTo("srun");
    assertThat(named(plugins, "acme")).isEqualTo("acme");
  }

  @Test
  void anAliasAnswersAndAnUnknownNameDoesNot() throws IOException {
    Plugins plugins = onClassPath(jar("a.jar", PluginJar.launcher("a.A", "acme", "acmerun")));
    assertThat(named(plugins, "acmerun")).isEqualTo("acme");
    assertThat(plugins.launcher("acm")).isEmpty();
    assertThat(plugins.launcher("")).isEmpty();
    assertThat(plugins.names(Kind.LAUNCHER)).containsExactly("acme");
    assertThat(plugins.names(Kind.BACKEND)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"same", "alias"})
  void twoThatAnswerEquallyWellAreAnErrorThatNamesBothJars(String asked) throws IOException {
    Path a = jar("a.jar", PluginJar.launcher("a.A", asked.equals("same") ? "same" : "a", "alias"));
    Path b = jar("b.jar", PluginJar.launcher("b.B", asked.equals("same") ? "same" : "b", "alias"));
    Plugins plugins = onClassPath(a, b);
    assertThatThrownBy(() -> plugins.launcher(asked))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll(asked, "a.A", a.toString(), "b.B", b.toString());
  }

  @Test
  void aJarOfThePluginPathIsNoLessAmbiguousThanOneOfTheClassPath() throws IOException {
    Path a = jar("a.jar", PluginJar.launcher("a.A", "same"));
    Path b = jar("more/b.jar", PluginJar.launcher("b.B", "same"));
    Plugins plugins = discover(classPath(a), b.getParent());
    assertThatThrownBy(() -> plugins.launcher("same"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll(a.toString(), b.toString());
    assertThat(plugins.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.why()).contains("same name", a.toString()));
  }

  @Test
  void everyInstanceIsNew() throws IOException {
    Found<HPCLauncher> found = onClassPath(jar("a.jar", PluginJar.launcher("a.A", "acme")))
        .launcher("acme")
        .orElseThrow();
    assertThat(found.newInstance()).isNotSameAs(found.newInstance());
  }

  @Test
  void backendsAndTransportsAreFoundToo() throws IOException {
    Path jar = jar(
        "a.jar",
        PluginJar.of()
            .provider(HPCBackend.class, "a.B", BACKEND.formatted("acme"))
            .provider(TransportProvider.class, "a.T", """
                    public String name() { return "pigeon"; }
                    public java.util.List<io.hpclaunch.api.ConfigKey> configKeys() {
                      return java.util.List.of();
                    }
                    public io.hpclaunch.api.transport.Transport open(
                        io.hpclaunch.api.Settings s) { return null; }
                    """)
            .version("3.1"));
    Plugins plugins = onPluginPath(jar);
    assertThat(plugins.all())
        .containsExactly(
            new PluginInfo(Kind.BACKEND, "acme", "a.B", "3.1", jar.toString()),
            new PluginInfo(Kind.TRANSPORT, "pigeon", "a.T", "3.1", jar.toString()));
    assertThat(plugins.backend("acme")).isPresent();
    assertThat(plugins.backends()).singleElement().extracting(Found::name).isEqualTo("acme");
    assertThat(plugins.transport("pigeon")).isPresent();
    assertThat(plugins.transport("acme")).isEmpty();
    assertThat(plugins.problems()).isEmpty();
  }

  @Test
  void aLauncherIsFoundWithoutABackendOrAFolderBeingOpened() throws IOException {
    String tell = "static { System.setProperty(\"" + MARK + "\", \"yes\"); }\n";
    Path jar = jar(
        "a.jar",
        PluginJar.launcher("a.A", "acme")
            .provider(HPCBackend.class, "a.B", tell + BACKEND.formatted("acme")));
    PluginJar.of()
        .provider(
            HPCLauncher.class,
            "f.F",
            tell
                + "public String name() { return \"f\"; } public String executable() { return \"\"; }")
        .write(folder.resolve("plugins/f/f.jar"));
    Plugins plugins = discover(classPath(jar), folder.resolve("plugins"));
    assertThat(plugins.launcher("acme")).isPresent();
    assertThat(System.getProperty(MARK)).isNull();
    assertThat(plugins.launcher("f")).isPresent();
    assertThat(System.getProperty(MARK)).isEqualTo("yes");
  }

  /** What stands behind the broken one in the same file, and in other jars, is found. */
  private void breaks(PluginJar broken, String className, String why) throws IOException {
    Path jar = jar("broken.jar", broken.withLauncher("z.Z", "behind"));
    Path good = jar("good.jar", PluginJar.launcher("g.G", "good"));
    for (Plugins plugins : List.of(onClassPath(jar, good), onPluginPath(jar, good))) {
      assertThat(named(plugins, "behind")).isEqualTo("behind");
      assertThat(named(plugins, "good")).isEqualTo("good");
      assertThat(plugins.problems()).singleElement().satisfies(problem -> {
        assertThat(problem.className()).isEqualTo(className);
        assertThat(problem.location()).isEqualTo(jar.toString());
        assertThat(problem.why()).contains(why).doesNotContain("\n");
      });
      assertThat(plugins.names(Kind.LAUNCHER)).containsExactly("behind", "good");
    }
  }

  private static PluginJar launcherWith(String body) {
    return PluginJar.of()
        .provider(HPCLauncher.class, "a.A", body + "public String executable() { return \"x\"; }");
  }

  private static final String NAME = "public String name() { return \"acme\"; }";

  @Test
  void aConstructorThatThrows() throws IOException {
    breaks(
        launcherWith(NAME + "public A() { throw new IllegalStateException(\"no\\nlicence\"); }"),
        "a.A",
        "IllegalStateException: no licence");
  }

  @Test
  void aStaticInitialiserThatThrows() throws IOException {
    breaks(
        launcherWith(NAME + "static int x = Integer.parseInt(\"many\");"),
        "a.A",
        "NumberFormatException");
  }

  @Test
  void aConstructorThatOverflowsTheStack() throws IOException {
    breaks(launcherWith(NAME + "A a = new A();" + "public A() {}"), "a.A", "StackOverflowError");
  }

  @Test
  void aClassForANewerJava() throws IOException {
    breaks(
        PluginJar.launcher("a.A", "acme").compiledForNewerJava("a.A"),
        "a.A",
        "it is compiled for Java 56, this is Java " + Runtime.version().feature());
  }

  @Test
  void aMissingSuperclass() throws IOException {
    breaks(
        PluginJar.of()
            .source("a.Base", "public abstract class %s implements io.hpclaunch.api.HPCLauncher {}")
            .source(
                "a.A",
                "public class %s extends Base {" + NAME
                    + "public String executable() { return \"\"; }}")
            .line(HPCLauncher.class, "a.A")
            .leaveOut("a.Base"),
        "a.A",
        "it needs the class a.Base, which is missing");
  }

  @Test
  void aMissingClassThatTheConstructorNeeds() throws IOException {
    breaks(
        launcherWith(NAME + "public A() { new Helper(); }")
            .source("a.Helper", "public class %s {}")
            .leaveOut("a.Helper"),
        "a.A",
        "it needs the class a.Helper, which is missing");
  }

  @Test
  void aClassThatIsNotThere() throws IOException {
    breaks(PluginJar.of().line(HPCLauncher.class, "a.Gone"), "a.Gone", "there is no class a.Gone");
  }

  @Test
  void aClassThatIsNoLauncher() throws IOException {
    breaks(
        PluginJar.of().source("a.A", "public class %s {}").line(HPCLauncher.class, "a.A"),
        "a.A",
        "does not implement io.hpclaunch.api.HPCLauncher");
  }

  @Test
  void aClassWithoutAProperConstructor() throws IOException {
    breaks(launcherWith(NAME + "public A(int x) {}"), "a.A", "no public constructor");
  }

  @Test
  void anAbstractClass() throws IOException {
    breaks(
        PluginJar.of()
            .source("a.A", "public abstract class %s implements io.hpclaunch.api.HPCLauncher {}")
            .line(HPCLauncher.class, "a.A"),
        "a.A",
        "abstract");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\"two words\"", "\"a/b\"", "\"a:b\"", "\"a\\n\""})
  void aNameThatIsNone(String name) throws IOException {
    breaks(launcherWith("public String name() { return " + name + "; }"), "a.A", "its name");
  }

  @Test
  void aNameThatThrows() throws IOException {
    breaks(
        launcherWith("public String name() { throw new AssertionError(\"oops\"); }"),
        "a.A",
        "AssertionError: oops");
  }

  @Test
  void aMatchesThatThrowsDoesNotAnswer() throws IOException {
    Plugins plugins = onClassPath(
        jar(
            "a.jar",
            launcherWith(NAME + "public boolean matches(String n) { throw new Error(); }")),
        jar("b.jar", PluginJar.launcher("b.B", "b", "other")));
    assertThat(named(plugins, "other")).isEqualTo("b");
    assertThat(named(plugins, "acme")).isEqualTo("acme");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not a class", "a.B c.D", "1.2", ".a", "\u0001\u0002\uffff"})
  void aBadLineLosesItsFileAndNoOther(String line) throws IOException {
    Path jar =
        jar("bad.jar", PluginJar.of().line(HPCLauncher.class, line).withLauncher("z.Z", "behind"));
    Path good = jar("good.jar", PluginJar.launcher("g.G", "good"));
    for (Plugins plugins : List.of(onClassPath(jar, good), onPluginPath(jar, good))) {
      assertThat(plugins.names(Kind.LAUNCHER)).containsExactly("good");
      assertThat(plugins.problems()).singleElement().satisfies(problem -> {
        assertThat(problem.className()).isNull();
        assertThat(problem.location()).isEqualTo(jar.toString());
        assertThat(problem.why()).startsWith("line 1 of META-INF/services/io.hpclaunch");
      });
    }
  }

  @Test
  void aTruncatedJarIsToldWhereverItLies() throws IOException {
    Path whole = jar("whole.jar", PluginJar.launcher("a.A", "acme"));
    byte[] bytes = Files.readAllBytes(whole);
    List<Path> cut = new ArrayList<>();
    for (String name : List.of("cp.jar", "plugins/plain.jar", "plugins/f/inner.jar")) {
      Path jar = folder.resolve(name);
      Files.createDirectories(jar.getParent());
      Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
      cut.add(jar);
    }
    Plugins plugins = discover(classPath(cut.get(0), whole), folder.resolve("plugins"));
    assertThat(named(plugins, "acme")).isEqualTo("acme");
    assertThat(plugins.problems())
        .extracting(PluginProblem::location)
        .containsExactlyInAnyOrderElementsOf(cut.stream().map(Path::toString).toList());
    assertThat(plugins.problems()).allSatisfy(p -> assertThat(p.why()).contains("jar"));
  }

  @Test
  void aPluginPathThatIsNotThereIsAProblem() {
    Path gone = folder.resolve("gone");
    Plugins plugins = onPluginPath(gone);
    assertThat(plugins.launcher("x")).isEmpty();
    assertThat(plugins.problems()).singleElement().satisfies(p -> {
      assertThat(p.location()).isEqualTo(gone.toString());
      assertThat(p.why()).contains("no such jar or folder");
    });
  }

  @Test
  void aFolderWithoutAJarIsAProblemOnce() throws IOException {
    Files.createDirectories(folder.resolve("plugins/empty"));
    Files.createDirectories(folder.resolve("plugins/.hidden"));
    Plugins plugins = onPluginPath(folder.resolve("plugins"));
    assertThat(plugins.launcher("x")).isEmpty();
    assertThat(plugins.problems()).hasSize(1).isEqualTo(plugins.problems());
    assertThat(plugins.problems().get(0).location()).endsWith("plugins/empty");
  }

  @Test
  void foldersKeepTheirVersionsOfALibraryApart() throws IOException {
    for (String v : List.of("1", "2")) {
      Path home = folder.resolve("plugins/p" + v);
      Path library = PluginJar.of()
          .source(
              "lib.Version",
              "public class %s { public static String get() { return \"" + v + "\"; } }")
          .write(home.resolve("lib.jar"));
      PluginJar.of()
          .against(library)
          .provider(
              HPCLauncher.class,
              "p" + v + ".L",
              "public String name() { return \"p%s\"; } public String executable() { return lib.Version.get(); }"
                  .formatted(v))
          .write(home.resolve("plugin.jar"));
    }
    Plugins plugins = onPluginPath(folder.resolve("plugins"));
    HPCLauncher one = plugins.launcher("p1").orElseThrow().newInstance();
    HPCLauncher two = plugins.launcher("p2").orElseThrow().newInstance();
    assertThat(one.executable()).isEqualTo("1");
    assertThat(two.executable()).isEqualTo("2");
    assertThat(plugins.problems()).isEmpty();
  }

  @Test
  void aFolderPrefersItsOwnLibraryToThatOfTheClassPath() throws IOException {
    Path library = PluginJar.of()
        .source(
            "com.google.common.io.ByteStreams",
            "public class %s { public static String mine() { return \"mine\"; } }")
        .write(folder.resolve("plugins/p/lib.jar"));
    PluginJar.of()
        .against(library)
        .provider(
            HPCLauncher.class,
            "p.L",
            NAME + "public String executable() { return com.google.common.io.ByteStreams.mine(); }")
        .write(folder.resolve("plugins/p/plugin.jar"));
    Plugins plugins = onPluginPath(folder.resolve("plugins"));
    assertThat(plugins.launcher("acme").orElseThrow().newInstance().executable())
        .isEqualTo("mine");
  }

  @Test
  void aPlainJarFindsTheLibraryNextToIt() throws IOException {
    Path library = PluginJar.of()
        .source("lib.Word", "public class %s { public static String get() { return \"x\"; } }")
        .write(folder.resolve("plugins/zlib.jar"));
    PluginJar.of()
        .against(library)
        .provider(
            HPCLauncher.class,
            "p.L",
            NAME + "public String executable() { return lib.Word.get(); }")
        .write(folder.resolve("plugins/plugin.jar"));
    Plugins plugins = onPluginPath(folder.resolve("plugins"));
    assertThat(plugins.launcher("acme").orElseThrow().newInstance().executable())
        .isEqualTo("x");
  }

  @Test
  void aJarOfTheClassPathSeenAgainThroughALinkIsOnePlugin() throws IOException {
    Path jar = jar("a.jar", PluginJar.launcher("a.A", "acme").version("1"));
    Path link = folder.resolve("plugins/link.jar");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, jar);
    Plugins plugins = discover(classPath(jar), link.getParent(), jar, jar);
    assertThat(named(plugins, "acme")).isEqualTo("acme");
    assertThat(plugins.all()).hasSize(1);
    assertThat(plugins.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "2.0"})
  void aCopyIsTheSamePluginUnlessItIsAnotherVersion(String other) throws IOException {
    Path jar = jar("a.jar", PluginJar.launcher("a.A", "acme").version("1.0"));
    Path copy = jar("plugins/a.jar", PluginJar.launcher("a.A", "acme").version(other));
    Plugins plugins = discover(classPath(jar), copy);
    assertThat(plugins.launcher("acme").orElseThrow().location()).isEqualTo(jar.toString());
    assertThat(plugins.all()).singleElement().extracting(PluginInfo::version).isEqualTo("1.0");
    if (other.equals("1.0")) {
      assertThat(plugins.problems()).isEmpty();
    } else {
      assertThat(plugins.problems()).singleElement().satisfies(p -> {
        assertThat(p.location()).isEqualTo(copy.toString());
        assertThat(p.why()).contains("2.0", "1.0", jar.toString());
      });
    }
  }

  @Test
  void aFolderThatAnEarlierPluginHidesIsTold() throws IOException {
    Path jar = jar("a.jar", PluginJar.launcher("a.A", "acme"));
    Path inner = jar("plugins/f/f.jar", PluginJar.launcher("f.F", "acme"));
    Plugins plugins = discover(classPath(jar), folder.resolve("plugins"));
    assertThat(plugins.launcher("acme").orElseThrow().location()).isEqualTo(jar.toString());
    assertThat(plugins.problems())
        .singleElement()
        .extracting(PluginProblem::location)
        .isEqualTo(inner.toString());
  }

  @Test
  void aClassPathThatFailsForEverIsGivenUpAndTold() {
    ClassLoader failing = new ClassLoader(getClass().getClassLoader()) {
      @Override
      public Enumeration<URL> getResources(String name) throws IOException {
        throw new IOException("stale file handle");
      }
    };
    Plugins plugins = discover(failing);
    assertThat(plugins.launcher("x")).isEmpty();
    assertThat(plugins.problems())
        .isNotEmpty()
        .allSatisfy(p -> assertThat(p.why()).contains("stale file handle"));
  }

  @Test
  void whatIsBrokenIsToldOnceHoweverOftenItIsAsked() throws IOException {
    Plugins plugins = onClassPath(jar("a.jar", PluginJar.of().line(HPCLauncher.class, "a.Gone")));
    plugins.launcher("x");
    assertThat(plugins.problems()).hasSize(1);
    plugins.launcher("x");
    assertThat(plugins.problems()).hasSize(1);
  }
}
