package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.process.Guard;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * The price of TLS, keys and tenants: the same quick fetches through an open node, one with TLS and
 * a key, and one with TLS and the key of a tenant with quotas.
 */
public final class DoorCost {
  private static final double MOST = 1.10;

  private final TestBed stage;
  private final InTurn<Kind> nodes;

  /** A kind of node. */
  private enum Kind {
    OPEN("open"),
    KEY("TLS and key"),
    TENANT("TLS, key, tenant with quotas");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  public DoorCost(TestBed stage) {
    this.stage = stage;
    this.nodes = new InTurn<>(stage, Kind.class, kind -> kind.label);
  }

  public void run() throws IOException, InterruptedException {
    nodes.run(this::start);
    nodes.tables();
    stage
        .draft()
        .graded(
            "processor time of a fetch with TLS and a key, against an open node",
            nodes.ratio(Kind.KEY, Kind.OPEN),
            "×",
            Grade.Bar.atMost(MOST, MOST + 0.10));
  }

  private InTurn.Way start(Kind kind) throws IOException, InterruptedException {
    var name = kind.name().toLowerCase(Locale.ROOT);
    var fetch = InTurn.fetch(stage);
    if (kind == Kind.OPEN) {
      return new InTurn.Way(stage.startApart(name, Map.of()), stage.api(), fetch);
    }
    var guard = Guard.in(stage.logs().resolve(name), kind == Kind.TENANT ? "acme" : "default");
    var node = stage.startApart(name, guard.settings(), quotas(kind));
    return new InTurn.Way(node, stage.closing(new Api(guard.apiKey())), fetch);
  }

  /** Quotas that are counted and not reached. */
  private static String[] quotas(Kind kind) {
    return kind == Kind.TENANT
        ? new String[] {
          "-Dretriever.node.tenants.acme.quota.pending=100000",
          "-Dretriever.node.tenants.acme.quota.submits-per-second=1000000",
          "-Dretriever.node.tenants.acme.quota.burst=1000000",
          "-Dretriever.node.tenants.acme.quota.bytes=100G"
        }
        : new String[0];
  }
}
