package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.alarms.AlarmClockSettings;
import dev.retriever.cluster.storage.PurgeSettings;
import dev.retriever.cluster.tenants.Tenants;
import dev.retriever.cluster.traces.TraceSettings;
import dev.retriever.executor.Secrets;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.executor.settings.TransportSettings;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.queue.entity.QueueTimes;

/** The settings of origins and executors. */
record LibrarySettings(
    PoolsSettings pools,
    DrainSettings drain,
    TransportSettings transport,
    OriginSettings origins,
    QueueTimes queues,
    EgressPolicy egress,
    Secrets secrets,
    Tenants tenants,
    PurgeSettings purge,
    AlarmClockSettings clocks,
    IndexSettings index,
    TraceSettings traces) {
  /**
   * @throws IllegalArgumentException naming a setting that is wrong
   */
  static LibrarySettings from(Config config) {
    MemoryBudget.of(config); // throws if its settings are invalid
    var transport = TransportSettings.from(config);
    var allowed = NodeSettings.egressAllow(config);
    return new LibrarySettings(
        PoolsSettings.from(config),
        DrainSettings.from(config),
        transport,
        OriginSettings.from(config),
        QueueTimes.from(config),
        transport.egress(allowed),
        Secrets.from(config),
        Tenants.from(config),
        PurgeSettings.from(config),
        NodeSettings.alarmClocks(config),
        IndexSettings.from(config),
        TraceSettings.from(config));
  }
}
