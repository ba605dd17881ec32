// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import org.jspecify.annotations.Nullable;

/**
 * An intent about which something is still to be done.
 *
 * @param intent the intent
 * @param last its last outcome, {@link JournalEntry.Kind#HELD} or
 *     {@link JournalEntry.Kind#UNKNOWN}; null when its owner was gone, or is at work, between
 *     intent and outcome
 */
public record OpenIntent(JournalEntry.Intent intent, JournalEntry.@Nullable Outcome last) {}
