// SPDX-License-Identifier: Apache-2.0
/** The broker {@code embedded}: Apache Qpid Broker-J in this process. */
@NullMarked
package io.hpclaunch.broker;

import org.jspecify.annotations.NullMarked;
