// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.Token;

/** The names of the keys; docs/redis.md says what they hold. */
record Keys(String prefix) {
  String version() {
    return prefix + ":version";
  }

  String identity() {
    return prefix + ":identity";
  }

  String record(Token token) {
    return prefix + ":record:" + token;
  }

  String elements(Token token) {
    return prefix + ":elements:" + token;
  }

  String lock(Token token) {
    return prefix + ":lock:" + token;
  }

  String active() {
    return prefix + ":active";
  }

  String ended() {
    return prefix + ":ended";
  }

  String backends() {
    return prefix + ":backends";
  }

  String ids(String backend) {
    return prefix + ":ids:" + backend;
  }

  String sortedIds(String backend) {
    return prefix + ":sorted-ids:" + backend;
  }

  String journals() {
    return prefix + ":journals";
  }

  String journal(String id) {
    return prefix + ":journal:" + id;
  }

  String lease(String id) {
    return prefix + ":lease:" + id;
  }
}
