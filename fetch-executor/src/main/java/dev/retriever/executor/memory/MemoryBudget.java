package dev.retriever.executor.memory;

import com.typesafe.config.Config;
import java.util.EnumMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Counts the bytes of the heap that bodies take on this node, and refuses what would not fit. Each
 * {@link Share} is a part of the total with a limit of its own, so that what comes in cannot take
 * the memory that is needed to get rid of what is there. {@code retriever.memory} has the settings.
 *
 * <p>Figures are estimates: a holder takes a weight times the length of a body, because a body
 * exists several times while it is read, parsed and written. Thread-safe; one for each actor
 * system.
 */
public final class MemoryBudget implements Extension {
  private static final ExtensionId<MemoryBudget> ID = new Id();

  /** What memory is taken for. */
  public enum Share {
    /** Submissions that are read, parsed and journaled. */
    UPLOADS("uploads"),
    /** Bodies that accepted fetches hold in the memory of their origins. */
    OPEN("open"),
    /** Request bodies of attempts that executors are making. */
    SENDING("sending"),
    /** Response bodies: those that arrive, and those in reports not yet acknowledged. */
    ANSWERS("answers"),
    /** Rows that wait for the journal's writers, or are being written. */
    JOURNAL("journal"),
    /** Outcomes on their way to subscribers, and messages of subscribers. */
    OUTCOMES("outcomes"),
    /** Outcomes on their way to those who asked for one fetch. */
    READS("reads"),
    /** What is large and may wait: messages that are pulled, and bodies that are read again. */
    BULK("bulk");

    private final String key;

    Share(String key) {
      this.key = key;
    }

    /** Its name in settings and figures. */
    public String key() {
      return key;
    }
  }

  private final MemoryBudgetSettings settings;
  private final Map<Share, ByteAccount> accounts = new EnumMap<>(Share.class);
  private final ByteOwners open;

  private MemoryBudget(MemoryBudgetSettings settings) {
    this.settings = settings;
    for (var share : Share.values()) {
      accounts.put(share, new ByteAccount(settings.limit(share)));
    }
    open = new ByteOwners(account(Share.OPEN));
  }

  private static final class Id extends ExtensionId<MemoryBudget> {
    @Override
    public MemoryBudget createExtension(ActorSystem<?> system) {
      return of(system.settings().config());
    }
  }

  /** That of the actor system, which reads the settings when it is first asked for. */
  public static MemoryBudget get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /**
   * One that is shared with nobody.
   *
   * @throws IllegalArgumentException naming the setting that is out of its range
   */
  public static MemoryBudget of(Config config) {
    return new MemoryBudget(MemoryBudgetSettings.from(config, Runtime.getRuntime().maxMemory()));
  }

  /** What is counted for that purpose. */
  public ByteAccount account(Share share) {
    return accounts.get(share);
  }

  /** What each origin holds of {@link Share#OPEN}. */
  public ByteOwners open() {
    return open;
  }

  /** All that may be held, in bytes. */
  public long total() {
    return settings.total();
  }

  /** Bytes that are held now, for whatever. Zero when nothing is under way. */
  public long held() {
    return accounts.values().stream().mapToLong(ByteAccount::held).sum();
  }
}
