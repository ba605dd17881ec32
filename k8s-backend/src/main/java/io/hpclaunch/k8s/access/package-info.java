// SPDX-License-Identifier: Apache-2.0
/** The way to a cluster's API server: configuration, credentials, connections. */
@NullMarked
package io.hpclaunch.k8s.access;

import org.jspecify.annotations.NullMarked;
