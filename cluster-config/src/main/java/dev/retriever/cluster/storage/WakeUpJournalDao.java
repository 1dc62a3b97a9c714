package dev.retriever.cluster.storage;

import dev.retriever.alarms.WakeUp;
import dev.retriever.cluster.callbacks.rows.CallbackWrite;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.metrics.JournalMeter;
import dev.retriever.cluster.metrics.NodeMetrics;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.executor.Futures;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.memory.MemoryBudget.Share;
import dev.retriever.origin.delivery.CallbackRows;
import dev.retriever.origin.index.IndexRows;
import dev.retriever.origin.queue.rows.QueueRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.jdbc.config.JournalConfig;
import org.apache.pekko.persistence.jdbc.journal.dao.DefaultJournalDao;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.scaladsl.Source;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.collection.immutable.Set;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;
import slick.dbio.DBIOAction;
import slick.dbio.NoStream;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile;
import slick.jdbc.SimpleJdbcAction;

/**
 * The journal plugin's access to the database, with one addition: an origin's wake-up, its rows in
 * queues and in the index, and the use of its tenant, are written in the transaction of the rows
 * that they follow from. So they never disagree with the journal, even after a crash. A replaced
 * writer, whose rows are refused, changes nothing else either; and an attempt that its queue does
 * not allow is not journaled. {@link JournalWriters} write, so that no write waits behind
 * recoveries. {@link ReplayBatches} bound the memory of reads.
 */
public final class WakeUpJournalDao extends DefaultJournalDao {
  private final JournalWriters writers;
  private final ByteAccount memory;
  private final ReplayBatches batches;

  /** Called by the journal plugin, by reflection. */
  public WakeUpJournalDao(
      JdbcBackend.JdbcDatabaseDef db,
      JdbcProfile profile,
      JournalConfig journalConfig,
      Serialization serialization,
      ExecutionContext ec,
      Materializer mat) {
    super(db, profile, journalConfig, serialization, ec, mat);
    var config = journalConfig.daoConfig();
    var settings = mat.system().settings().config();
    memory = MemoryBudget.get(Adapter.toTyped(mat.system())).account(Share.JOURNAL);
    var metrics = NodeMetrics.of(Adapter.toTyped(mat.system()));
    var connections = Storage.from(settings).connections().pool(Use.JOURNAL, config.parallelism());
    writers =
        new JournalWriters(
            connections::get,
            JournalWriter.get(Adapter.toTyped(mat.system()))
                .licence()
                .around(
                    profile instanceof PostgresProfile
                        ? PostgresWrite::execute
                        : JournalWrite::rowByRow),
            new JournalWriters.Limits(
                config.parallelism(),
                config.batchSize(),
                settings.getBytes("retriever.node.db.batch-bytes"),
                config.bufferSize()),
            memory,
            metrics.map(NodeMetrics::journal).orElse(JournalMeter.NONE));
    metrics.ifPresent(it -> it.journalWaits(writers::waiting));
    batches =
        new ReplayBatches(
            config.replayBatchSize(), settings.getBytes("retriever.node.db.replay-bytes"));
    mat.system()
        .registerOnTermination(
            () -> {
              writers.stop();
              connections.close();
            });
  }

  /** The place of a replay: the next row, and the known ends of the batches after it. */
  private record Place(long next, List<Long> ends) {}

  /**
   * As in the plugin, but with batches of bounded bytes.
   *
   * @param refresh is for queries that wait for new rows, which a replay does not
   */
  @Override
  public Source<Try<Tuple2<PersistentRepr, Object>>, NotUsed> messagesWithBatch(
      String persistenceId,
      long from,
      long to,
      int batchSize,
      Option<Tuple2<FiniteDuration, Scheduler>> refresh) {
    return org.apache.pekko.stream.javadsl.Source.unfoldAsync(
            new Place(Math.max(1, from), List.of()), place -> batch(persistenceId, place, to))
        .mapConcat(batch -> batch)
        .asScala();
  }

  private CompletionStage<Optional<Pair<Place, List<Try<Tuple2<PersistentRepr, Object>>>>>> batch(
      String persistenceId, Place place, long to) {
    if (place.next() > to) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return ends(persistenceId, place, to)
        .thenCompose(
            ends ->
                ends.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : read(persistenceId, place.next(), ends.get(0))
                        .thenApply(rows -> Optional.of(Pair.create(behind(ends), rows))));
  }

  private static Place behind(List<Long> ends) {
    return new Place(ends.get(0) + 1, ends.subList(1, ends.size()));
  }

  private CompletionStage<List<Long>> ends(String persistenceId, Place place, long to) {
    if (!place.ends().isEmpty()) {
      return CompletableFuture.completedFuture(place.ends());
    }
    if (batches.areFew(place.next(), to)) {
      return CompletableFuture.completedFuture(List.of(to));
    }
    DBIOAction<List<Long>, NoStream, ?> sizes =
        new SimpleJdbcAction<>(
            context -> {
              try {
                return batches.ends(context.connection(), persistenceId, place.next(), to);
              } catch (SQLException e) {
                throw new IllegalStateException("rows cannot be read", e);
              }
            });
    return asJava(sizes);
  }

  /** Its effect is a type without values, for the Scala compiler only. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private <T> CompletionStage<T> asJava(DBIOAction<T, NoStream, ?> action) {
    return Futures.sameThread(FutureConverters.asJava(db().run((DBIOAction) action)));
  }

  private CompletionStage<List<Try<Tuple2<PersistentRepr, Object>>>> read(
      String persistenceId, long from, long to) {
    return messages(persistenceId, from, to, to - from + 1)
        .asJava()
        .runWith(org.apache.pekko.stream.javadsl.Sink.seq(), mat());
  }

  /** A write, separated into rows without our tags, and what the tags say. */
  private record Parts(
      List<Tuple2<JournalPekkoSerializationRow, Set<String>>> rows,
      SortedMap<String, WakeUpTable.Written> wakeUps,
      List<QueueWrite> ofQueues,
      List<IndexWrite> ofIndex,
      List<CallbackWrite> ofCallbacks) {
    static Parts of(Seq<Tuple2<JournalPekkoSerializationRow, Set<String>>> rows) {
      var parts =
          new Parts(
              new ArrayList<>(),
              new TreeMap<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>());
      CollectionConverters.asJava(rows).forEach(parts::add);
      return parts;
    }

    /**
     * Takes our tags off the row. Later rows come later, so their wake-ups replace earlier ones.
     */
    private void add(Tuple2<JournalPekkoSerializationRow, Set<String>> row) {
      var others = row._2();
      for (var tag : CollectionConverters.asJava(row._2())) {
        var wakeUp = WakeUp.of(tag);
        if (wakeUp.isPresent()) {
          others = others.excl(tag);
          var written = new WakeUpTable.Written(row._1().sequenceNumber(), wakeUp.get());
          wakeUps.put(row._1().persistenceId(), written);
        }
        var ofQueue = QueueRows.of(tag);
        if (ofQueue.isPresent()) {
          others = others.excl(tag);
          ofQueues.add(
              QueueWrite.of(row._1().persistenceId(), row._1().sequenceNumber(), ofQueue.get()));
        }
        var ofFetches = IndexRows.of(tag);
        if (ofFetches.isPresent()) {
          others = others.excl(tag);
          ofIndex.add(IndexWrite.of(row._1().persistenceId(), ofFetches.get()));
        }
        var ofCallback = CallbackRows.of(tag);
        if (ofCallback.isPresent()) {
          others = others.excl(tag);
          ofCallbacks.add(CallbackWrite.of(row._1().persistenceId(), ofCallback.get()));
        }
      }
      rows.add(new Tuple2<>(row._1(), others));
    }

    QueueWrite queues() {
      return QueueWrite.together(ofQueues);
    }

    IndexWrite index() {
      return IndexWrite.together(ofIndex);
    }

    CallbackWrite callbacks() {
      return CallbackWrite.together(ofCallbacks);
    }

    boolean isPlain() {
      return wakeUps.isEmpty() && ofQueues.isEmpty() && ofIndex.isEmpty() && ofCallbacks.isEmpty();
    }

    /** Empty when a row has tags or metadata of other users of the journal. */
    Optional<JournalWrite> plain() {
      for (var row : rows) {
        if (!row._2().isEmpty() || row._1().deleted() || row._1().metaPayload().isDefined()) {
          return Optional.empty();
        }
      }
      return Optional.of(
          new JournalWrite(
              rows.stream().map(Tuple2::_1).toList(), wakeUps, queues(), index(), callbacks()));
    }

    long bytes() {
      return rows.stream().mapToLong(row -> JournalWrite.bytes(row._1())).sum();
    }
  }

  @Override
  public Future<BoxedUnit> queueWriteJournalRows(
      Seq<Tuple2<JournalPekkoSerializationRow, Set<String>>> rows) {
    var parts = Parts.of(rows);
    var write = parts.plain();
    return write.isPresent() ? writers.write(write.get()) : counted(rows, parts.bytes());
  }

  /** Rows of other users of the journal wait in the plugin's queue, which counts rows only. */
  private Future<BoxedUnit> counted(
      Seq<Tuple2<JournalPekkoSerializationRow, Set<String>>> rows, long size) {
    var bytes = memory.acquire(size);
    if (bytes.isEmpty()) {
      return JournalWriters.tooMuchWaits(memory);
    }
    var written = super.queueWriteJournalRows(rows);
    written.onComplete(
        end -> {
          bytes.get().close();
          return end;
        },
        ec());
    return written;
  }

  @Override
  public Future<BoxedUnit> writeJournalRows(
      Seq<Tuple2<JournalPekkoSerializationRow, Set<String>>> rows) {
    var parts = Parts.of(rows);
    var use = TenantUse.of(parts.rows().stream().map(Tuple2::_1).toList());
    if (parts.isPlain() && use.isNothing()) {
      return super.writeJournalRows(rows);
    }
    var both =
        queries()
            .writeJournalRows(CollectionConverters.asScala(parts.rows()).toSeq(), ec())
            .andThen(new SimpleJdbcAction<>(context -> written(context.connection(), parts, use)));
    return run(profile().api().jdbcActionExtensionMethods(both).transactionally());
  }

  /** Its effect is a type without values, for the Scala compiler only. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private Future<BoxedUnit> run(DBIOAction<BoxedUnit, NoStream, ?> action) {
    return db().run((DBIOAction) action);
  }

  private static BoxedUnit written(Connection connection, Parts parts, TenantUse use) {
    try {
      WakeUpTable.write(connection, parts.wakeUps());
      parts.queues().write(connection);
      parts.index().write(connection);
      parts.callbacks().write(connection);
      use.write(connection);
      return BoxedUnit.UNIT;
    } catch (SQLException e) {
      throw new IllegalStateException("what follows from journal rows cannot be written", e);
    }
  }
}
