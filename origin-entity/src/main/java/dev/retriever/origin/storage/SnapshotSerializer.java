package dev.retriever.origin.storage;

import dev.retriever.executor.Body;
import dev.retriever.origin.core.FullState;
import java.io.NotSerializableException;
import java.util.Set;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.serialization.Serializers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serializes snapshots of origins. It is a serializer and not a snapshot adapter because of its
 * failures: when a serializer throws, Pekko may replay the rows instead; when an adapter throws,
 * the origin stops.
 *
 * <p>The manifest has the version of the format, which is known before anything is read, and the
 * first row that the snapshot refers to, for the purge.
 *
 * <p>Version 1 contains all request bodies; version 2 refers to the rows of large ones. Bodies from
 * version 1 stay in the snapshot: their rows may be purged. Older code does not read version 2,
 * because it would send requests without their bodies. Version 3 is version 2 with fetches that
 * were scheduled; older code does not read it, because it would count their time limits from their
 * acceptance. Version 4 is version 3 with callbacks, or fetches that are to have one; older code
 * does not read it, because it would tell nothing. Version 5 is version 4 with schedules; older
 * code does not read it, because these would tick no more.
 */
final class SnapshotSerializer extends SerializerWithStringManifest {
  /** On-disk format. */
  static final int ID = 1_972_011;

  private static final String VERSION = "2";
  private static final String WITH_SCHEDULED = "3";
  private static final String WITH_CALLBACKS = "4";
  private static final String WITH_SCHEDULES = "5";
  private static final Set<String> READ =
      Set.of("1", VERSION, WITH_SCHEDULED, WITH_CALLBACKS, WITH_SCHEDULES);
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSerializer.class);

  private final ExtendedActorSystem system;

  SnapshotSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  @Override
  public int identifier() {
    return ID;
  }

  @Override
  public String manifest(Object fullState) {
    var fetches = ((FullState<?>) fullState).fetches();
    var plain = OriginSnapshot.hasScheduled(fetches) ? WITH_SCHEDULED : VERSION;
    var told = OriginSnapshot.hasCallbacks(fetches) ? WITH_CALLBACKS : plain;
    var version = fetches.schedules().isEmpty() ? told : WITH_SCHEDULES;
    return new SnapshotManifest(version, OriginSnapshot.firstRow(fetches)).toString();
  }

  /**
   * A snapshot that this code could not read again is not written: rows are purged in trust of it.
   */
  @Override
  public byte[] toBinary(Object object) {
    var fullState = (FullState<?>) object;
    var stored = new StoredOrigin(OriginSnapshot.of(fullState.fetches()), stored(fullState.own()));
    read(stored.own());
    return serialization().serialize(stored).get();
  }

  private StoredOrigin.OwnState stored(Object own) {
    var serializer = serialization().findSerializerFor(own);
    var bytes = new Body(serialization().serialize(own).get());
    return new StoredOrigin.OwnState(
        serializer.identifier(), Serializers.manifestFor(serializer, own), bytes);
  }

  /** Failures are logged here: when Pekko replays the rows instead, it does not say why. */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return read(bytes, manifest);
    } catch (NotSerializableException | RuntimeException e) {
      LOG.warn(
          "snapshot not read ({}); its origin replays all rows, and cannot recover if some are purged."
              + " Deploy code that reads it",
          e.toString());
      throw e;
    }
  }

  private FullState<?> read(byte[] bytes, String manifest) throws NotSerializableException {
    var version = SnapshotManifest.of(manifest).version();
    if (!READ.contains(version)) {
      throw new NotSerializableException(
          "it is of version %s, and this code reads up to version %s; deploy code that reads it"
              .formatted(version, WITH_SCHEDULES));
    }
    var stored = serialization().deserialize(bytes, StoredOrigin.class).get();
    return new FullState<>(stored.fetches().restored(), read(stored.own()));
  }

  private Object read(StoredOrigin.OwnState own) {
    return serialization().deserialize(own.bytes().bytes(), own.serializer(), own.manifest()).get();
  }

  private Serialization serialization() {
    return SerializationExtension.get(system);
  }
}
