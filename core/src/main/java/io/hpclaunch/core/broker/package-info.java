// SPDX-License-Identifier: Apache-2.0
/** Message brokers that run in the client's own process. */
@NullMarked
package io.hpclaunch.core.broker;

import org.jspecify.annotations.NullMarked;
