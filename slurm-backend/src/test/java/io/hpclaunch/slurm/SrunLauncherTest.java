// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Topology;
import io.hpclaunch.api.launch.Word;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What srun would be told, without a srun. */
class SrunLauncherTest {
  /** {@code sinfo --noheader --exact --format=%P|%D|%X|%Y|%c} of 22.05.8, with hardware threads. */
  private static final String SINFO = "debug*|3|2|8|32\ndebug*|1|2|16|64\nlong|9|1|4|4\n";

  private final Here here = new Here();

  @ParameterizedTest
  @ValueSource(strings = {"srun", "/opt/slurm/bin/srun", "./srun"})
  void answersToItsNames(String name) {
    assertThat(new SrunLauncher().matches(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SRUN", "slurm", "mysrun", "srun/", "/srun/x"})
  void answersToNoOthers(String name) {
    assertThat(new SrunLauncher().matches(name)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "-N, 1",
    "--nodes, 1",
    "-c, 1",
    "--cpu-bind, 1",
    "--mpi, 1",
    "-w, 1",
    "--gres, 1",
    "-J, 1",
    "--exclusive, 0",
    "-l, 0",
    "--label, 0",
    "--immediate, 0",
    "-N2, 0",
    "--nodes=2, 0",
    "-K, 0",
    "--multi-prog, 0",
    "-, 0",
    "--, 0",
    "nodes, 0",
    "--bcast, 0",
    "-I, 0",
    "-v, 0"
  })
  void optionsHaveTheValuesThatSrunWants(String option, int values) {
    assertThat(new SrunLauncher().valuesOf(option)).isEqualTo(values);
  }

  @Test
  void theLineStaysTheUsers() {
    here.settings = settings(List.of("--first"), List.of("--last"), List.of("--global"), List.of());
    LaunchPlan plan = plan(segment("-n 4 -N 2", "app", "a b"));
    assertThat(texts(plan)).isEqualTo("srun --first -n 4 -N 2 --last app a b");
    assertThat(plan.files()).isEmpty();
    assertThat(plan.set()).isEmpty();
  }

  @Test
  void srunsOwnSpellingCounts() {
    here.settings = settings(List.of("--x=%(np)d"), List.of(), List.of(), List.of());
    assertThat(texts(plan(segment("--ntasks=6", "app")))).startsWith("srun --x=6 ");
    assertThat(texts(plan(segment("--ntasks 7", "app")))).startsWith("srun --x=7 ");
    assertThatThrownBy(() -> plan(segment("--ntasks=many", "app")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("many");
  }

  // ---- several programs

  @Test
  void severalProgramsGoIntoAFile() {
    LaunchPlan plan = plan(segment("-n 3", "./a", "x y"), segment("", "b"), segment("-n2", "./c"));
    assertThat(texts(plan)).isEqualTo("srun -n 6 --multi-prog <file 0>");
    assertThat(file(plan)).isEqualTo("0-2 ./a\\\n 'x y'\n3 b\n4-5 ./c\n");
  }

  @Test
  void theirOptionsStandOnceOnTheLine() {
    here.settings =
        settings(List.of("--d=%(np)d"), List.of("--p"), List.of("--g=%(ranks)d"), List.of("--l"));
    LaunchPlan plan =
        plan(segment("-n 3 -c 2 -l", "a"), segment("--ntasks=1 --cpus-per-task=2 -N1", "b"));
    assertThat(texts(plan))
        .isEqualTo("srun --g=4 --d=4 --l -n 4 -c 2 -l -N1 --p --multi-prog <file 0>");
  }

  @Test
  void optionsThatDifferAreRefused() {
    assertThatThrownBy(() -> plan(segment("-n 1 -c 2", "a"), segment("-n 1 -c 4", "b")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("'-c 2' and '-c 4'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "two  blanks|'two  blanks'",
        "it's|'it'\\''s'",
        "%t|'%t'",
        "\\|'\\'",
        "\"\"|''",
        "#x|'#x'",
        "a=b:c,d@e/f-g+h.i_j|a=b:c,d@e/f-g+h.i_j",
        "ü|'ü'",
        "\"$HOME\"|'$HOME'"
      })
  void wordsAreQuotedAsTheFileWantsThem(String word, String written) {
    LaunchPlan plan = plan(segment("", "a", word), segment("", "b"));
    assertThat(file(plan)).startsWith("0 a\\\n " + written + "\n1 b");
  }

  @Test
  void bytesOfTheUsersAreNotTouched() {
    Word.User plain = new Word.User(4, "\uFFFD x");
    Word.User quote = new Word.User(5, "\uFFFD'");
    Segment odd = new Segment(List.of(), List.of(Word.of("a"), plain, quote), OptionalInt.empty());
    LaunchPlan plan = plan(odd, segment("", "b"));
    assertThat(plan.files().get(0).content())
        .contains(plain, new Word.Replaced(quote, '\'', "'\\''"));
  }

  @Test
  void whatTheFileCannotCarryIsRefused() {
    assertThatThrownBy(() -> plan(segment("", "a", "x\ny"), segment("", "b")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("'x\\ny'");
    String[] most = Collections.nCopies(126, "x").toArray(String[]::new);
    assertThat(plan(segment("", "a", most), segment("", "b")).files()).hasSize(1);
    String[] more = Collections.nCopies(127, "x").toArray(String[]::new);
    assertThatThrownBy(() -> plan(segment("", "a", more), segment("", "b")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("127 arguments");
    assertThatThrownBy(() -> plan(segment("-n 2000000000", "a"), segment("-n 2000000000", "b")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("4000000000");
  }

  @Test
  void componentsOfAHeterogeneousJobStayDivided() {
    LaunchPlan plan = plan(segment("--het-group=0 -n 1", "a"), segment("--het-group=1 -n 2", "b"));
    assertThat(texts(plan)).isEqualTo("srun --het-group=0 -n 1 a : --het-group=1 -n 2 b");
  }

  // ---- what the allocation passes on

  @Test
  void theAllocationsCpusOfATaskArePassedOn() {
    here.environment.put("SLURM_CPUS_PER_TASK", "3");
    assertThat(plan(segment("", "a")).set()).isEqualTo(Map.of("SRUN_CPUS_PER_TASK", "3"));
    assertThat(plan(segment("-c2", "a")).set()).isEmpty();
    here.environment.put("SRUN_CPUS_PER_TASK", "1");
    assertThat(plan(segment("", "a")).set()).isEmpty();
  }

  // ---- topology

  @Test
  void outsideItIsTheDefaultPartitions() {
    assertThat(topology()).contains(new Topology(4, 2, 8));
    assertThat(here.asked).containsExactly("/bin/sinfo --noheader --exact --format=%P|%D|%X|%Y|%c");
  }

  @Test
  void anAnswerGoesWithTheClusterItIsAbout() {
    here.environment.put("SLURM_CONF", "/etc/other.conf");
    assertThat(topology()).isPresent();
    assertThat(here.asked.get(0)).startsWith("/bin/env SLURM_CONF=/etc/other.conf /bin/sinfo ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'64(x3),32'|none     |1|64", // no partition known: all in one socket
        "'64(x3),32'|nowhere  |1|64",
        "32(x2)     |debug    |2|8",
        "8          |debug    |1|4", // 8 hardware threads are 4 cores
        "24(x2)     |debug    |2|6",
        "1          |debug    |1|1"
      })
  void insideItIsTheAllocations(String cpus, String partition, int sockets, int cores) {
    here.environment.put("SLURM_JOB_NUM_NODES", "2");
    here.environment.put("SLURM_JOB_CPUS_PER_NODE", cpus);
    here.environment.put("SLURM_JOB_PARTITION", partition);
    here.sinfo = partition.equals("debug") ? "debug*|4|2|8|32\n" : "";
    assertThat(topology()).contains(new Topology(2, sockets, cores));
  }

  @Test
  void withoutAnAnswerThereIsNone() {
    here.sinfo = "slurm_load_partitions: Unable to contact slurm controller (connect failure)\n";
    assertThat(topology()).isEmpty();
    here.sinfo = "debug*|n/a|2|8|32\n";
    assertThat(topology()).isEmpty();
    here.environment.put("SLURM_JOB_NUM_NODES", "2");
    assertThat(topology()).isEmpty();
    here.environment.put("SLURM_CPUS_ON_NODE", "6");
    assertThat(topology()).contains(new Topology(2, 1, 6));
  }

  @Test
  void nothingIsAskedForAPlainLine() {
    plan(segment("-n 4", "app"));
    assertThat(here.asked).isEmpty();
  }

  private Optional<Topology> topology() {
    return launcher().topology(here);
  }

  private SrunLauncher launcher() {
    SrunLauncher launcher = new SrunLauncher();
    launcher.initialize(here);
    return launcher;
  }

  private LaunchPlan plan(Segment... segments) {
    return launcher().plan(here, List.of(segments));
  }

  /** As core's parser makes it of a line, which reads {@code -n} and not {@code --ntasks}. */
  private static Segment segment(String options, String program, String... arguments) {
    List<Word> words = new ArrayList<>();
    OptionalInt count = OptionalInt.empty();
    String before = "";
    for (String option : options.isEmpty() ? new String[0] : options.split(" ", -1)) {
      words.add(Word.of(option));
      if (before.equals("-n") || option.matches("-n\\d+")) {
        count = OptionalInt.of(Integer.parseInt(option.replace("-n", "")));
      }
      before = option;
    }
    List<Word> all = new ArrayList<>(List.of(Word.of(program)));
    for (String argument : arguments) {
      all.add(Word.of(argument));
    }
    return new Segment(words, all, count);
  }

  private static LaunchSettings settings(
      List<String> first, List<String> last, List<String> global, List<String> local) {
    return new LaunchSettings(null, null, first, last, Map.of(), global, local);
  }

  private static String texts(LaunchPlan plan) {
    return plan.argv().stream().map(Word::text).collect(Collectors.joining(" "));
  }

  private static String file(LaunchPlan plan) {
    return plan.files().get(0).content().stream().map(Word::text).collect(Collectors.joining());
  }

  /** A machine on which every command is in /bin. */
  private static final class Here implements LaunchContext {
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private LaunchSettings settings = LaunchSettings.none();
    private String sinfo = SINFO;

    @Override
    public String requestedName() {
      return "srun";
    }

    @Override
    public LaunchSettings settings() {
      return settings;
    }

    @Override
    public Topology topology() {
      return new Topology(1, 1, 2);
    }

    @Override
    public int localCores() {
      return 2;
    }

    @Override
    public String environment(String name) {
      return environment.get(name);
    }

    @Override
    public Optional<Path> which(String program) {
      return Optional.of(Path.of("/bin").resolve(program));
    }

    @Override
    public boolean superuser() {
      return false;
    }

    @Override
    public Path script(String name, URL content) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public String ask(Path executable, List<String> arguments, UnaryOperator<String> digest) {
      asked.add(executable + " " + String.join(" ", arguments));
      return digest.apply(sinfo);
    }
  }
}
