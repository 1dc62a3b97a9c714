package dev.retriever.executor.memory;

import com.typesafe.config.Config;
import java.util.EnumMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Limits the heap that bodies take on this node. Each {@link Share} is a part of the total with its
 * own limit. So incoming bodies cannot take the memory that the node needs to finish its work. The
 * settings are in {@code retriever.memory}.
 *
 * <p>Figures are estimates. A holder takes a multiple of the body's length, because a body exists
 * several times while it is read, parsed and written. Thread-safe; one for each actor system.
 */
public final class MemoryBudget implements Extension {
  private static final ExtensionId<MemoryBudget> ID = new Id();

  /** The purposes for which memory is taken. */
  public enum Share {
    /** Submissions that are read, parsed and journaled. */
    UPLOADS("uploads"),
    /** Bodies that accepted fetches hold in the memory of their origins. */
    OPEN("open"),
    /** Request bodies of attempts that executors are making. */
    SENDING("sending"),
    /** Response bodies that arrive, or are in reports not yet acknowledged. */
    ANSWERS("answers"),
    /** Rows that wait for the journal's writers, or are being written. */
    JOURNAL("journal"),
    /** Outcomes on their way to subscribers, and messages of subscribers. */
    OUTCOMES("outcomes"),
    /** Outcomes on their way to callers that read one fetch. */
    READS("reads"),
    /** Large data that may wait: messages that are pulled, and bodies that are read again. */
    BULK("bulk");

    private final String key;

    Share(String key) {
      this.key = key;
    }

    /** The name of the share in settings and figures. */
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

  /** The budget of the actor system. The first call reads the settings. */
  public static MemoryBudget get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /**
   * A new budget that no other code shares.
   *
   * @throws IllegalArgumentException naming the setting that is out of range
   */
  public static MemoryBudget of(Config config) {
    return new MemoryBudget(MemoryBudgetSettings.from(config, Runtime.getRuntime().maxMemory()));
  }

  /** The account of that purpose. */
  public ByteAccount account(Share share) {
    return accounts.get(share);
  }

  /** The bytes that each origin holds of {@link Share#OPEN}. */
  public ByteOwners open() {
    return open;
  }

  /** The limit of all shares together, in bytes. */
  public long total() {
    return settings.total();
  }

  /** The bytes that all shares hold now. */
  public long held() {
    return accounts.values().stream().mapToLong(ByteAccount::held).sum();
  }
}
