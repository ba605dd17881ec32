// SPDX-License-Identifier: Apache-2.0
/** Jobs on Kubernetes. */
@NullMarked
package io.hpclaunch.k8s;

import org.jspecify.annotations.NullMarked;
