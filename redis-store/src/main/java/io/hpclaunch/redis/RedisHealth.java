// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.store.StoreHealth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Protocol.Command;

/**
 * Looks at the server's settings for what could lose jobs. Those that the user may not ask for,
 * such as at many who rent servers out, are not judged.
 */
final class RedisHealth {
  private final RedisLink link;
  private final boolean durable;

  RedisHealth(RedisLink link, boolean durable) {
    this.link = link;
    this.durable = durable;
  }

  StoreHealth look() throws RedisFault {
    Map<String, String> info = info();
    List<StoreHealth.Danger> dangers = new ArrayList<>();
    String append = info.getOrDefault("aof_enabled", "");
    if (append.equals("0")) {
      dangers.add(new StoreHealth.Danger(
          "the server keeps no append-only file: when it ends, what was written since its last"
              + " snapshot is lost, and with it jobs",
          "set appendonly yes in redis.conf"));
    }
    String policy = info.getOrDefault("maxmemory_policy", "noeviction");
    if (!policy.equals("noeviction")) {
      dangers.add(new StoreHealth.Danger(
          "the server drops keys when its memory is full (maxmemory-policy " + policy + ")",
          "set maxmemory-policy noeviction in redis.conf"));
    }
    String sync = append.equals("1") ? setting("appendfsync") : "";
    if (sync.equals("no") || (durable && sync.equals("everysec"))) {
      dangers.add(new StoreHealth.Danger(
          "a loss of power loses what was written last (appendfsync " + sync + ")"
              + (durable ? ", and durability: machine is asked for" : ""),
          "set appendfsync " + (durable ? "always" : "everysec, or always,") + " in redis.conf"));
    }
    Path open = link.settings().login().openFile();
    if (open != null) {
      dangers.add(new StoreHealth.Danger(
          "the password file " + open + " may be read by others", "chmod 600 '" + open + "'"));
    }
    return new StoreHealth(found(info, sync), dangers);
  }

  private String found(Map<String, String> info, String sync) {
    String version = info.getOrDefault("redis_version", "");
    return "redis " + (version.isEmpty() ? "" : version + " ") + "at " + link.settings()
        + (sync.isEmpty() ? "" : ", appendfsync " + sync);
  }

  /** Empty where the server tells nothing. */
  private Map<String, String> info() throws RedisFault {
    link.ask(Command.PING);
    Map<String, String> info = new HashMap<>();
    try {
      for (String line : RedisLink.text(link.ask(Command.INFO)).split("\r?\n", -1)) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          info.put(line.substring(0, colon), line.substring(colon + 1));
        }
      }
    } catch (RedisFault e) {
      if (!e.isMisconfigured()) {
        throw e;
      }
    }
    return info;
  }

  private String setting(String name) throws RedisFault {
    try {
      List<String> both = RedisLink.texts(link.ask(Command.CONFIG, "GET", name));
      return both.size() == 2 ? both.get(1) : "";
    } catch (RedisFault e) {
      if (e.isMisconfigured()) {
        return "";
      }
      throw e;
    }
  }
}
