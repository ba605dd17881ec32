// SPDX-License-Identifier: Apache-2.0
/** The way to the broker: AMQP 0-9-1, with a connection that is made again when it is lost. */
@NullMarked
package io.hpclaunch.pool.amqp;

import org.jspecify.annotations.NullMarked;
