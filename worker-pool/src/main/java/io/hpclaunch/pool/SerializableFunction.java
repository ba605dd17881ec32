// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A function that can travel: a lambda, or an object of a class whose fields are serializable.
 *
 * @param <I> what it takes, serializable or null
 * @param <O> what it gives, serializable or null
 * @since 0.1
 */
@FunctionalInterface
public interface SerializableFunction<I extends @Nullable Object, O extends @Nullable Object>
    extends Serializable {
  /**
   * Applies the function, in a worker.
   *
   * @param input what it takes
   * @return what it gives
   * @throws Exception whatever it likes: its future gives the same
   */
  O apply(I input) throws Exception;
}
