// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

/**
 * The cores of the machine that a launcher works on.
 *
 * @param nodes how many nodes there are
 * @param socketsPerNode sockets of each node
 * @param coresPerSocket cores of each socket
 * @since 0.1
 */
public record Topology(int nodes, int socketsPerNode, int coresPerSocket) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException when one is less than 1, or there are more cores than an int
   *     counts
   */
  public Topology {
    if (nodes < 1
        || socketsPerNode < 1
        || coresPerSocket < 1
        || (double) nodes * socketsPerNode * coresPerSocket > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "topology of " + nodes + " x " + socketsPerNode + " x " + coresPerSocket);
    }
  }

  /**
   * All cores.
   *
   * @return cores of all nodes together
   */
  public int cores() {
    return nodes * socketsPerNode * coresPerSocket;
  }

  /**
   * How ranks spread over the machine.
   *
   * @param ranks their number
   * @return the layout
   */
  public Layout layout(int ranks) {
    int perSocket = Math.min(ranks, coresPerSocket);
    return new Layout(
        ranks,
        perSocket,
        ceilDiv(ranks, perSocket),
        ceilDiv(ranks, (long) coresPerSocket * socketsPerNode));
  }

  private static int ceilDiv(int a, long b) {
    return b == 0 ? 0 : (int) ((a + b - 1) / b);
  }

  /**
   * How ranks spread over a machine.
   *
   * @param ranks their number
   * @param ranksPerSocket ranks, but no more than a socket has cores
   * @param sockets the sockets that they fill
   * @param nodes the nodes that they fill
   */
  public record Layout(int ranks, int ranksPerSocket, int sockets, int nodes) {}
}
