// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.spi;

import io.hpclaunch.api.HpcRuntime;

/**
 * The service by which {@link HpcRuntime} finds core.
 *
 * @since 0.1
 */
public interface RuntimeProvider {
  /**
   * A builder for runtimes.
   *
   * @return a new builder
   */
  HpcRuntime.Builder builder();
}
