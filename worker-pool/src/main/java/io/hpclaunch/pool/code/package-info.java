// SPDX-License-Identifier: Apache-2.0
/** Functions of Java as bytes: what is sent, and what is believed. */
@NullMarked
package io.hpclaunch.pool.code;

import org.jspecify.annotations.NullMarked;
