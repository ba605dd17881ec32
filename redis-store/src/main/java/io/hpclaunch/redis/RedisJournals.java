// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.Journals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;

/**
 * The journals of all clients. That a client is gone is concluded when its lease has run out, or
 * when its process ran on this machine and does not any more. Submissions are taken over one by
 * one: each by a client that can settle it.
 */
final class RedisJournals implements Journals {
  private static final Logger log = LoggerFactory.getLogger(RedisJournals.class);

  private final RedisLink link;
  private final Leases leases;

  /** Those that this client has open. */
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  RedisJournals(RedisLink link, Leases leases) {
    this.link = link;
    this.leases = leases;
  }

  /** What a client that is gone has left. */
  private record Orphan(String id, boolean isSeenGone, Map<String, String> linesByName) {}

  @Override
  public Journal open() {
    return journal(UUID.randomUUID().toString());
  }

  private RedisJournal journal(String id) {
    own.add(id);
    return new RedisJournal(link, leases, id, () -> own.remove(id));
  }

  @Override
  public List<Journal> takeOver(Predicate<JournalEntry.Intent> reachable) throws IOException {
    List<Journal> taken = new ArrayList<>();
    for (Orphan orphan : orphans()) {
      Map<String, String> wanted = new LinkedHashMap<>();
      orphan.linesByName().forEach((name, lines) -> {
        if (intents(List.of(lines)).stream().anyMatch(reachable)) {
          wanted.put(name, lines);
        }
      });
      if (!wanted.isEmpty() || orphan.linesByName().isEmpty()) {
        try {
          take(orphan, wanted, taken);
        } catch (IOException e) { // what was taken before is settled all the same
          log.warn("What a client that is gone has left cannot be read: {}", e.getMessage());
        }
      }
    }
    return taken;
  }

  /** Of a journal without anything open, only its name is removed. */
  private void take(Orphan orphan, Map<String, String> wanted, List<Journal> taken)
      throws IOException {
    Keys keys = link.keys();
    String mine = UUID.randomUUID().toString();
    List<Object> arguments = new ArrayList<>(List.of(
        orphan.isSeenGone() ? 1 : 0,
        orphan.id(),
        mine,
        Owner.current(),
        leases.holder(),
        leases.millis()));
    wanted.forEach((name, lines) -> {
      arguments.add(name);
      arguments.add(lines);
    });
    own.add(mine); // before anybody can see it
    List<String> moved;
    try {
      moved = RedisLink.texts(link.run(
          Script.TAKE,
          List.of(
              keys.journals(),
              keys.journal(orphan.id()),
              keys.lease(orphan.id()),
              keys.journal(mine),
              keys.lease(mine)),
          arguments));
    } catch (IOException e) {
      own.remove(mine); // if it was taken all the same, its lease runs out, and it is found again
      throw e;
    }
    if (moved.isEmpty()) {
      own.remove(mine);
      return;
    }
    leases.keep(keys.lease(mine), leases.holder());
    RedisJournal journal = journal(mine);
    wanted.keySet().retainAll(moved);
    wanted.values().forEach(lines -> journal.note(RedisJournal.entries(lines)));
    log.info("{} submissions of a client that is gone are taken over", moved.size());
    taken.add(journal);
  }

  @Override
  public List<JournalEntry.Intent> abandoned() throws IOException {
    List<JournalEntry.Intent> all = new ArrayList<>();
    for (Orphan orphan : orphans()) {
      all.addAll(intents(orphan.linesByName().values()));
    }
    return all;
  }

  private static List<JournalEntry.Intent> intents(Iterable<String> lines) {
    List<JournalEntry.Intent> intents = new ArrayList<>();
    for (String each : lines) {
      for (JournalEntry entry : RedisJournal.entries(each)) {
        if (entry instanceof JournalEntry.Intent intent) {
          intents.add(intent);
        }
      }
    }
    return intents;
  }

  private List<Orphan> orphans() throws IOException {
    Map<String, String> owners = hash(link.keys().journals());
    owners.keySet().removeAll(own);
    List<Orphan> orphans = new ArrayList<>();
    if (owners.isEmpty()) {
      return orphans;
    }
    List<String> ids = List.copyOf(owners.keySet());
    Object[] leaseKeys = ids.stream().map(link.keys()::lease).toArray();
    List<?> holders = (List<?>) link.ask(Command.MGET, leaseKeys);
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      boolean seenGone = Owner.parse(String.valueOf(owners.get(id))).isGone();
      if (seenGone || (holders != null && holders.get(i) == null)) {
        orphans.add(new Orphan(id, seenGone, oldestFirst(hash(link.keys().journal(id)))));
      }
    }
    return orphans;
  }

  private static Map<String, String> oldestFirst(Map<String, String> linesByName) {
    Map<String, String> sorted = new LinkedHashMap<>();
    linesByName.entrySet().stream()
        .filter(each -> !intents(List.of(each.getValue())).isEmpty())
        .sorted(Comparator.comparing(
            each -> intents(List.of(each.getValue())).get(0).begun()))
        .forEach(each -> sorted.put(each.getKey(), each.getValue()));
    return sorted;
  }

  private Map<String, String> hash(String key) throws IOException {
    List<String> all = RedisLink.texts(link.ask(Command.HGETALL, key));
    Map<String, String> hash = new LinkedHashMap<>();
    for (int i = 0; i + 1 < all.size(); i += 2) {
      hash.put(all.get(i), all.get(i + 1));
    }
    return hash;
  }
}
