// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.InvalidConfiguration;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker in this process listens, and workers find it.
 *
 * @param address one address of this host
 * @param port the port, or 0: any free one
 * @param isEncrypted whether it speaks TLS
 */
record Listen(InetAddress address, int port, boolean isEncrypted) {
  private static final String KEY = "listen";

  /** An address of IPv6 has colons of its own: with a port it is in brackets. */
  private static final Pattern FORM = Pattern.compile("(?:(?<scheme>amqps?)://)?"
      + "(?:\\[(?<bracketed>[^\\]]+)\\]|(?<six>[^:/]*:[^/]*:[^/]*)|(?<host>[^:/]+))"
      + "(?::(?<port>\\d{1,5}))?");

  private static final int LAST_PORT = 65_535;

  /**
   * What a pool says, {@code [amqps://]HOST[:PORT]}, where HOST is an address, a name or an
   * interface of this host. Beyond this host all is encrypted. A pool that says nothing listens on
   * loopback, where its workers are on this host.
   *
   * @param settings the pool
   * @param backend where its workers run
   * @throws InvalidConfiguration when nobody could listen there, or workers could not find it, or
   *     it is not said where they do
   */
  static Listen of(PoolSettings settings, Backend backend) {
    String said = settings.settings().string(KEY).orElse(null);
    if (said != null) {
      try {
        return parse(said);
      } catch (IllegalArgumentException e) {
        throw new InvalidConfiguration(
            "%s: listen: %s %s"
                .formatted(
                    settings.settings().origin(KEY).orElse("worker_pools." + settings.name()),
                    said,
                    e.getMessage()),
            e);
      }
    }
    if (!backend.type().equals("shell") || !backend.transport().isLocal()) {
      throw new InvalidConfiguration(
          "worker pool %s runs on %s, whose nodes must reach the broker: say where it listens"
                  .formatted(settings.name(), backend.name())
              + " (worker_pools: {%s: {listen: ADDRESS}}; this host has %s), or name a broker"
                  .formatted(settings.name(), known())
              + " (amqp_url: amqps://…)");
    }
    return new Listen(InetAddress.getLoopbackAddress(), 0, false);
  }

  /**
   * Reads {@code [amqps://]HOST[:PORT]}.
   *
   * @throws IllegalArgumentException when it is none, or of no use; the message says why
   */
  static Listen parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("is not [amqps://]HOST[:PORT]");
    }
    @Nullable String number = form.group("port");
    int port = number == null ? 0 : Integer.parseInt(number);
    if (port > LAST_PORT) {
      throw new IllegalArgumentException("names no port: there is none above " + LAST_PORT);
    }
    InetAddress address = address(host(form, text));
    if (address.isAnyLocalAddress()) {
      throw new IllegalArgumentException("is every address of this host, and workers are told one:"
          + " name that by which nodes reach this host; it has " + known());
    }
    @Nullable String scheme = form.group("scheme");
    if ("amqp".equals(scheme) && !address.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "is no address of this host alone: what goes there is encrypted; say amqps://");
    }
    return new Listen(address, port, "amqps".equals(scheme) || !address.isLoopbackAddress());
  }

  private static String host(Matcher form, String text) {
    for (String group : List.of("bracketed", "six", "host")) {
      @Nullable String found = form.group(group);
      if (found != null) {
        return found;
      }
    }
    return text;
  }

  private static InetAddress address(String host) {
    try {
      NetworkInterface named = NetworkInterface.getByName(host);
      return named == null ? InetAddress.getByName(host) : address(named);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "is no address, no known name, and no interface of this host, which has " + known(), e);
    } catch (SocketException e) {
      throw new IllegalArgumentException("cannot be looked up: " + e.getMessage(), e);
    }
  }

  private static InetAddress address(NetworkInterface named) {
    InetAddress best = best(named);
    if (best == null) {
      throw new IllegalArgumentException(
          "is an interface without an address; this host has " + known());
    }
    return best;
  }

  /** IPv4 where there is one; addresses of a link alone mean nothing elsewhere. */
  private static @Nullable InetAddress best(NetworkInterface named) {
    InetAddress six = null;
    for (InetAddress each : Collections.list(named.getInetAddresses())) {
      if (each instanceof Inet4Address) {
        return each;
      }
      if (!each.isLinkLocalAddress() && six == null) {
        six = each;
      }
    }
    return six;
  }

  /** The interfaces by which others may reach this host, for messages. */
  private static String known() {
    List<String> known = new ArrayList<>();
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        InetAddress best = each.isLoopback() || !each.isUp() ? null : best(each);
        if (best != null) {
          known.add(each.getName() + " (" + text(best) + ")");
        }
      }
    } catch (SocketException e) {
      return "interfaces that cannot be listed";
    }
    return known.isEmpty() ? "none but loopback" : String.join(", ", known);
  }

  /** As workers are told. */
  String host() {
    return text(address);
  }

  /** Without the zone, which is this host's own name for a link. */
  private static String text(InetAddress address) {
    return address.getHostAddress().replaceFirst("%.*", "");
  }
}
