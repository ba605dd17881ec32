// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task that can travel: a lambda, or an object of a class whose fields are serializable.
 *
 * @param <T> what it gives, serializable or null
 * @since 0.1
 */
@FunctionalInterface
public interface SerializableCallable<T extends @Nullable Object>
    extends Callable<T>, Serializable {}
