// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Arrows point down: what the module system and the modules' dependencies do not say by themselves.
 */
class ArchitectureTest {
  private static final String[] PLUGINS = {
    "io.hpclaunch.mpi..",
    "io.hpclaunch.shell..",
    "io.hpclaunch.slurm..",
    "io.hpclaunch.pbs..",
    "io.hpclaunch.k8s..",
    "io.hpclaunch.ssh..",
    "io.hpclaunch.redis..",
    "io.hpclaunch.broker.."
  };

  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("io.hpclaunch");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.hpclaunch.api",
        "io.hpclaunch.core.config",
        "io.hpclaunch.core.launch",
        "io.hpclaunch.core.plugin",
        "io.hpclaunch.core.runtime",
        "io.hpclaunch.mpi",
        "io.hpclaunch.shell",
        "io.hpclaunch.slurm",
        "io.hpclaunch.pbs",
        "io.hpclaunch.k8s",
        "io.hpclaunch.ssh",
        "io.hpclaunch.redis",
        "io.hpclaunch.broker",
        "io.hpclaunch.operator",
        "io.hpclaunch.sweep",
        "io.hpclaunch.pool",
        "io.hpclaunch.pool.worker",
        "io.hpclaunch.cli",
        "io.hpclaunch.cli.launch"
      })
  void everyPartIsSeen(String name) {
    assertThat(CLASSES.stream().filter(c -> c.getPackageName().equals(name))).isNotEmpty();
  }

  @Test
  void theApiKnowsNothingOfOurs() {
    classes()
        .that()
        .resideInAPackage("io.hpclaunch.api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "org.slf4j..", "io.hpclaunch.api..")
        .check(CLASSES);
  }

  @Test
  void coreKnowsTheApiOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.hpclaunch.core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.hpclaunch.mpi..",
            "io.hpclaunch.shell..",
            "io.hpclaunch.slurm..",
            "io.hpclaunch.pbs..",
            "io.hpclaunch.k8s..",
            "io.hpclaunch.ssh..",
            "io.hpclaunch.redis..",
            "io.hpclaunch.broker..",
            "io.hpclaunch.operator..",
            "io.hpclaunch.sweep..",
            "io.hpclaunch.pool..",
            "io.hpclaunch.cli..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"io.hpclaunch.sweep..", "io.hpclaunch.pool..", "io.hpclaunch.operator.."})
  void whatIsBuiltOnJobsKnowsTheApiAndCoreOnly(String part) {
    noClasses()
        .that()
        .resideInAPackage(part)
        .should()
        .dependOnClassesThat(resideInAnyPackage(PLUGINS)
            .or(resideInAnyPackage(
                    "io.hpclaunch.operator..",
                    "io.hpclaunch.sweep..",
                    "io.hpclaunch.pool..",
                    "io.hpclaunch.cli..")
                .and(not(resideInAPackage(part)))))
        .check(CLASSES);
  }

  @Test
  void workersOfPoolsBringLittleToTheNodes() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.hpclaunch.pool.worker..",
            "io.hpclaunch.pool.wire..",
            "io.hpclaunch.pool.amqp..",
            "io.hpclaunch.pool.store..",
            "io.hpclaunch.pool.code..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.hpclaunch.api..", "io.hpclaunch.core..", "com.google..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.hpclaunch.mpi..",
        "io.hpclaunch.shell..",
        "io.hpclaunch.slurm..",
        "io.hpclaunch.pbs..",
        "io.hpclaunch.k8s..",
        "io.hpclaunch.ssh..",
        "io.hpclaunch.redis..",
        "io.hpclaunch.broker.."
      })
  void noPluginKnowsAnotherNorTheCommands(String plugin) {
    noClasses()
        .that()
        .resideInAPackage(plugin)
        .should()
        .dependOnClassesThat(resideInAnyPackage(PLUGINS)
            .and(not(resideInAPackage(plugin)))
            .or(resideInAnyPackage(
                "io.hpclaunch.operator..",
                "io.hpclaunch.sweep..",
                "io.hpclaunch.pool..",
                "io.hpclaunch.cli..")))
        .check(CLASSES);
  }

  @Test
  void theCommandsFindPluginsAtRunTimeOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.hpclaunch.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(PLUGINS)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandsReadCommandLinesAndBindLogging() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.hpclaunch.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "ch.qos.logback..")
        .check(CLASSES);
  }

  @Test
  void theStartOfHpcLaunchLoadsLittle() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.hpclaunch.cli.launch..",
            "io.hpclaunch.core.launch..",
            "io.hpclaunch.core.shell..",
            "io.hpclaunch.core.config..",
            "io.hpclaunch.core.plugin..",
            "io.hpclaunch.mpi..",
            "io.hpclaunch.api.launch..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.hpclaunch.operator..",
            "io.hpclaunch.pool..",
            "com.rabbitmq..",
            "org.slf4j..",
            "com.google..",
            "picocli..",
            "ch.qos.logback..")
        .check(CLASSES);
  }
}
