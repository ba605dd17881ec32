// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.code.AllowList;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to hand over tasks.
 *
 * @param pool the pool's id
 * @param broker where tasks go
 * @param store for what is large, and jars
 * @param batch the most tasks in a message
 * @param inlineLimit the most bytes of an input that go through the broker
 * @param cpusTask what a task takes unless it says otherwise
 * @param slots how many tasks all workers together run at once
 * @param allow classes that results may be made of, beside the JDK's values
 * @param journals of the batches, where the broker outlives the client; null: there are none
 */
record ClientSettings(
    String pool,
    BrokerAddress broker,
    ObjectStore store,
    int batch,
    int inlineLimit,
    double cpusTask,
    int slots,
    AllowList allow,
    @Nullable BatchJournals journals) {}
