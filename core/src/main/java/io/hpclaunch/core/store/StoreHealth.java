// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.util.List;

/**
 * How a store is.
 *
 * @param found one line that names it
 * @param dangers what endangers what is kept there; empty when all is well
 */
public record StoreHealth(String found, List<Danger> dangers) {
  /** Copies the list. */
  public StoreHealth {
    dangers = List.copyOf(dangers);
  }

  /**
   * A way to lose what is kept.
   *
   * @param what one line that names it
   * @param remedy one line that says what to do
   */
  public record Danger(String what, String remedy) {}
}
