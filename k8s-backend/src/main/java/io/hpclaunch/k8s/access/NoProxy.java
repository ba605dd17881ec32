// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The servers that are reached without a proxy, as {@code NO_PROXY} names them to kubectl: a host
 * or domain, with all below it; below it only, with a dot in front; an address; a network in CIDR;
 * {@code *}; each but the last with a port, if it likes. This machine itself is always among them.
 *
 * @param entries the entries
 */
record NoProxy(List<String> entries) {

  static NoProxy of(@Nullable String list) {
    return new NoProxy(
        list == null
            ? List.of()
            : Arrays.stream(list.toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList());
  }

  boolean covers(URI server) {
    String host = bare(server.getHost().toLowerCase(Locale.ROOT));
    InetAddress address = literal(host);
    if (host.equals("localhost") || (address != null && address.isLoopbackAddress())) {
      return true;
    }
    int port = server.getPort() >= 0
        ? server.getPort()
        : server.getScheme().equalsIgnoreCase("http") ? 80 : 443;
    return entries.stream().anyMatch(entry -> covers(entry, host, address, port));
  }

  private static boolean covers(
      String entry, String host, @Nullable InetAddress address, int port) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.contains("/")) {
      return address != null && inNetwork(entry, address);
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    if (colon >= 0 && literal(bare(entry)) == null) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    if (address != null) {
      return address.equals(literal(bare(name)));
    }
    if (name.startsWith("*.")) {
      name = name.substring(1);
    }
    return name.startsWith(".")
        ? host.endsWith(name)
        : host.equals(name) || host.endsWith("." + name);
  }

  private static boolean inNetwork(String network, InetAddress address) {
    int slash = network.indexOf('/');
    InetAddress base = literal(network.substring(0, slash));
    String bits = network.substring(slash + 1);
    if (base == null || !bits.matches("\\d{1,3}")) {
      return false;
    }
    byte[] left = base.getAddress();
    byte[] right = address.getAddress();
    int ignored = left.length * Byte.SIZE - Integer.parseInt(bits);
    return left.length == right.length
        && ignored >= 0
        && new BigInteger(1, left)
            .shiftRight(ignored)
            .equals(new BigInteger(1, right).shiftRight(ignored));
  }

  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** An address as it is written; null for a name, which is not looked up. */
  private static @Nullable InetAddress literal(String text) {
    if (!text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+|[0-9a-f:.]*:[0-9a-f:.]*")) {
      return null;
    }
    try {
      return InetAddress.getByName(text.contains(":") ? "[" + text + "]" : text);
    } catch (UnknownHostException e) {
      return null; // not an address after all
    }
  }
}
