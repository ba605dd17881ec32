// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What every backend promises, as tests. The author of a plugin extends this class, says the type
 * and, where it differs from a backend that runs jobs at once on this machine, how:
 *
 * <pre>{@code
 * class SpoolerContractTest extends BackendContract {
 *   @Override
 *   public String type() {
 *     return "tsp";
 *   }
 * }
 * }</pre>
 *
 * <p>The plugin must be on the class path with its META-INF/services, and core with it. What it
 * does not claim by its {@linkplain io.hpclaunch.api.HPCBackend#capabilities() capabilities} is
 * checked to be refused; the tests of how it is done are skipped then, and say so.
 *
 * <p>Each test has a state folder and a workspace of its own, whose path holds a blank and a quote.
 * Jobs that a test leaves are cancelled.
 *
 * @since 0.1
 */
public abstract class BackendContract
    implements PluginContract,
        CommandContract,
        EndContract,
        FileContract,
        ContainerContract,
        CancelContract,
        ArrayContract,
        DependencyContract,
        StatusContract,
        RefusalContract {
  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of(this);

  /** For subclasses. */
  protected BackendContract() {}

  @Override
  public final HpcTestRuntime hpc() {
    return hpc;
  }
}
