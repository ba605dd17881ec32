// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Topology;
import io.hpclaunch.api.launch.Word;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MpiLauncherTest {
  private static final String OPEN_MPI = "mpirun (Open MPI) 4.1.4\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mpi",
        "mpiexec",
        "mpirun",
        "mpirun.openmpi",
        "mpiexec.hydra",
        "mpirun-4.1",
        "/opt/x/bin/mpirun",
        "./mpiexec"
      })
  void answersToItsNames(String name) {
    assertThat(new MpiLauncher().matches(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MPI", "mpirunner", "mpiexec/", "/opt/mpi", "srun", "openmpi"})
  void answersToNoOthers(String name) {
    assertThat(new MpiLauncher().matches(name)).isFalse();
  }

  @Test
  void mpiexecIsPreferredAndMpirunTaken() {
    assertThat(new Machine("mpi", "mpiexec", "mpirun").launcher().executable())
        .isEqualTo("mpiexec");
    assertThat(new Machine("mpi", "mpirun").launcher().executable()).isEqualTo("mpirun");
    assertThatThrownBy(() -> new Machine("mpi").launcher())
        .isInstanceOf(ExecutableNotFound.class)
        .hasMessageContaining("install");
  }

  @Test
  void aNameOrPathThatSaysMoreIsTaken() {
    assertThat(new Machine("mpirun", "mpiexec", "mpirun").launcher().executable())
        .isEqualTo("mpirun");
    assertThat(new Machine("/opt/bin/mpirun", "mpiexec").launcher().executable())
        .isEqualTo("/opt/bin/mpirun");
    Machine configured = new Machine("mpi", "mpiexec");
    configured.settings =
        new LaunchSettings("aprun", null, List.of(), List.of(), Map.of(), List.of(), List.of());
    assertThat(configured.launcher().executable()).isEqualTo("aprun");
    assertThatThrownBy(() -> configured.plan(1))
        .isInstanceOf(ExecutableNotFound.class)
        .hasMessageContaining("'aprun'");
  }

  @Test
  void openMpiGetsWhatItNeedsThroughTheEnvironment() {
    Machine machine = new Machine("mpi", "mpiexec");
    machine.superuser = true;
    LaunchPlan plan = machine.plan(4);
    assertThat(plan.argv()).extracting(Word::text).containsExactly("mpiexec", "-n", "4", "app");
    assertThat(plan.set())
        .containsOnlyKeys(
            "OMPI_ALLOW_RUN_AS_ROOT",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
            "OMPI_MCA_rmaps_base_oversubscribe");
    assertThat(machine.plan(2).set()).hasSize(2);
    machine.superuser = false;
    assertThat(machine.plan(2).set()).isEmpty();
    assertThat(machine.plan(4).set()).containsOnlyKeys("OMPI_MCA_rmaps_base_oversubscribe");
  }

  @Test
  void whatTheUserSetStays() {
    Machine machine = new Machine("mpi", "mpiexec");
    machine.environment.put("OMPI_MCA_rmaps_base_oversubscribe", "0");
    assertThat(machine.plan(4).set()).isEmpty();
    machine.environment.clear();
    Map<String, String> variables = Map.of("OMPI_MCA_rmaps_base_oversubscribe", "x");
    machine.settings =
        new LaunchSettings(null, null, List.of(), List.of(), variables, List.of(), List.of());
    assertThat(machine.plan(4).set()).isEqualTo(variables);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hostfile", "-H", "--host=a:4", "-machinefile", "-f"})
  void whoNamesHostsTellsTheSlots(String option) {
    assertThat(new Machine("mpi", "mpiexec").plan(4, option, "hosts").set()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SLURM_JOB_ID", "PBS_JOBID"})
  void anAllocationTellsTheSlots(String variable) {
    Machine machine = new Machine("mpi", "mpiexec");
    machine.environment.put(variable, "1");
    assertThat(machine.plan(4).set()).isEmpty();
  }

  @Test
  void anUnknownImplementationGetsNothing() {
    Machine machine = new Machine("mpi", "mpiexec");
    machine.answer = "something else";
    machine.superuser = true;
    assertThat(machine.plan(4).set()).isEmpty();
    machine.answer = "";
    assertThat(machine.plan(4).set()).isEmpty();
  }

  @Test
  void theImplementationIsAskedOnceAndOnlyWhenNeeded() {
    Machine machine = new Machine("mpi", "mpiexec");
    MpiLauncher launcher = machine.launcher();
    launcher.plan(machine, List.of(segment(2)));
    assertThat(machine.asked).isZero();
    launcher.plan(machine, List.of(segment(4)));
    assertThat(launcher.valuesOf("--map-by")).isEqualTo(1);
    assertThat(machine.asked).isEqualTo(1);
  }

  private static Segment segment(int ranks, String... options) {
    List<String> words = new java.util.ArrayList<>(List.of("-n", Integer.toString(ranks)));
    words.addAll(Arrays.asList(options));
    return new Segment(
        words.stream().map(Word::of).toList(), List.of(Word.of("app")), OptionalInt.of(ranks));
  }

  /** A machine of two cores with some executables. */
  private static final class Machine implements LaunchContext {
    private final String requestedName;
    private final Set<String> executables;
    private final Map<String, String> environment = new HashMap<>();
    private LaunchSettings settings = LaunchSettings.none();
    private boolean superuser;
    private String answer = OPEN_MPI;
    private int asked;

    Machine(String requestedName, String... executables) {
      this.requestedName = requestedName;
      this.executables = Set.of(executables);
    }

    MpiLauncher launcher() {
      MpiLauncher launcher = new MpiLauncher();
      launcher.initialize(this);
      return launcher;
    }

    LaunchPlan plan(int ranks, String... options) {
      return launcher().plan(this, List.of(segment(ranks, options)));
    }

    @Override
    public String requestedName() {
      return requestedName;
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
      return executables.contains(program)
          ? Optional.of(Path.of("/bin", program))
          : Optional.empty();
    }

    @Override
    public boolean superuser() {
      return superuser;
    }

    @Override
    public Path script(String name, URL content) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String ask(Path executable, List<String> arguments, UnaryOperator<String> digest) {
      asked++;
      assertThat(executable).isEqualTo(Path.of("/bin/mpiexec"));
      assertThat(arguments).containsExactly("--version");
      return answer.isEmpty() ? "" : digest.apply(answer);
    }
  }
}
