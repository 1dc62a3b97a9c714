package dev.retriever.origin.simulation.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperFactory;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProviderSetup;
import scala.collection.immutable.Seq;

/**
 * What makes a simulated node start in milliseconds: thousands of them do. What is the same for all
 * is made once for each thread.
 */
final class NodeSetup {
  private static final ThreadLocal<Map<String, ObjectMapper>> MAPPERS =
      ThreadLocal.withInitial(HashMap::new);

  /** One for all: what is read of configurations is kept for each class loader. */
  private static final ClassLoader LOADER = new WithoutManifests(NodeSetup.class.getClassLoader());

  private NodeSetup() {}

  static ActorSystemSetup of(Config config) {
    var bootstrap =
        BootstrapSetup.create(Optional.of(LOADER), Optional.of(config), Optional.empty());
    return ActorSystemSetup.create(
        bootstrap, JacksonObjectMapperProviderSetup.create(new SharedMappers()));
  }

  /** To know how a type is written takes longer than to write it. */
  private static final class SharedMappers extends JacksonObjectMapperFactory {
    @Override
    public ObjectMapper newObjectMapper(String binding, JsonFactory factory) {
      return MAPPERS.get().computeIfAbsent(binding, it -> super.newObjectMapper(it, factory));
    }

    /** They are registered with the first of its kind; again, they would make it forget. */
    @Override
    public Seq<Module> overrideConfiguredModules(String binding, Seq<Module> modules) {
      var mapper = MAPPERS.get().get(binding);
      return mapper == null || mapper.getRegisteredModuleIds().isEmpty()
          ? modules
          : scala.jdk.javaapi.CollectionConverters.asScala(Collections.<Module>emptyList()).toSeq();
    }
  }

  /**
   * Pekko reads the manifests of all jars at each start, to compare the versions of its modules.
   */
  private static final class WithoutManifests extends ClassLoader {
    private WithoutManifests(ClassLoader parent) {
      super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.equals("META-INF/MANIFEST.MF")
          ? Collections.emptyEnumeration()
          : super.getResources(name);
    }
  }
}
