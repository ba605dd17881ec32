// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.broker.RunningBroker;
import java.io.IOException;

/**
 * The plugin: Apache Qpid Broker-J in this process, which speaks AMQP 0-9-1 as RabbitMQ does.
 * docs/pools.md describes it.
 */
public final class EmbeddedBroker implements BrokerProvider {
  /** Needed by the service loader. */
  public EmbeddedBroker() {}

  @Override
  public String name() {
    return "embedded";
  }

  @Override
  public RunningBroker start(BrokerContext context) throws IOException {
    return QpidBroker.start(context);
  }
}
