// SPDX-License-Identifier: Apache-2.0
/** Worker pools: many short tasks inside few batch jobs. */
@SuppressWarnings("requires-automatic") // the client of AMQP has no module descriptor
module io.hpclaunch.pool {
  requires transitive io.hpclaunch.api;
  requires com.google.gson;
  requires com.rabbitmq.client;
  requires io.hpclaunch.core;
  requires org.slf4j;

  exports io.hpclaunch.pool;
}
