package dev.retriever.cluster;

import dev.retriever.origin.WakeUp;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.pekko.persistence.jdbc.config.JournalConfig;
import org.apache.pekko.persistence.jdbc.journal.dao.DefaultJournalDao;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.stream.Materializer;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import slick.dbio.DBIOAction;
import slick.dbio.NoStream;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile;
import slick.jdbc.SimpleJdbcAction;

/**
 * The journal's own way to the database, with one thing more: when to wake an origin is written in
 * the transaction of the rows that it follows from. So the two cannot disagree, whatever crashes,
 * and a writer that was replaced, whose rows are refused, changes no wake-up either.
 */
public final class WakeUpJournalDao extends DefaultJournalDao {
  /** As the journal makes one, by reflection. */
  public WakeUpJournalDao(
      JdbcBackend.JdbcDatabaseDef db,
      JdbcProfile profile,
      JournalConfig journalConfig,
      Serialization serialization,
      ExecutionContext ec,
      Materializer mat) {
    super(db, profile, journalConfig, serialization, ec, mat);
  }

  @Override
  public Future<BoxedUnit> writeJournalRows(
      Seq<
              Tuple2<
                  JournalTables.JournalPekkoSerializationRow,
                  scala.collection.immutable.Set<String>>>
          rows) {
    var wakeUps = new TreeMap<String, WakeUpTable.Written>();
    var untagged =
        new ArrayList<
            Tuple2<
                JournalTables.JournalPekkoSerializationRow,
                scala.collection.immutable.Set<String>>>();
    for (var row : CollectionConverters.asJava(rows)) {
      untagged.add(new Tuple2<>(row._1(), others(row, wakeUps)));
    }
    var plain = untagged.stream().filter(row -> row._2().isEmpty()).map(Tuple2::_1).toList();
    if (profile() instanceof PostgresProfile
        && plain.size() == untagged.size()
        && PostgresWrite.takes(plain)) {
      return run(
          new SimpleJdbcAction<>(
              context -> written(() -> PostgresWrite.write(context.connection(), plain, wakeUps))));
    }
    if (wakeUps.isEmpty()) {
      return super.writeJournalRows(rows);
    }
    var both =
        queries()
            .writeJournalRows(CollectionConverters.asScala(untagged).toSeq(), ec())
            .andThen(
                new SimpleJdbcAction<>(
                    context -> written(() -> WakeUpTable.write(context.connection(), wakeUps))));
    return run(profile().api().jdbcActionExtensionMethods(both).transactionally());
  }

  /** Its effect is a type without values, for the Scala compiler only. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private Future<BoxedUnit> run(DBIOAction<BoxedUnit, NoStream, ?> action) {
    return db().run((DBIOAction) action);
  }

  /** The tags of a row that are not ours; ours are taken up. The later rows come later. */
  private static scala.collection.immutable.Set<String> others(
      Tuple2<JournalTables.JournalPekkoSerializationRow, scala.collection.immutable.Set<String>>
          row,
      SortedMap<String, WakeUpTable.Written> wakeUps) {
    var tags = row._2();
    for (var tag : CollectionConverters.asJava(row._2())) {
      var wakeUp = WakeUp.of(tag);
      if (wakeUp.isPresent()) {
        tags = tags.excl(tag);
        var written = new WakeUpTable.Written(row._1().sequenceNumber(), wakeUp.get());
        wakeUps.put(row._1().persistenceId(), written);
      }
    }
    return tags;
  }

  @FunctionalInterface
  private interface Statements {
    void execute() throws SQLException;
  }

  private static BoxedUnit written(Statements statements) {
    try {
      statements.execute();
      return BoxedUnit.UNIT;
    } catch (SQLException e) {
      throw new IllegalStateException("journal rows and their wake-ups cannot be written", e);
    }
  }
}
