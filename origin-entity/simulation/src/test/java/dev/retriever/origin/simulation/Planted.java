package dev.retriever.origin.simulation;

import static net.bytebuddy.matcher.ElementMatchers.none;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.LongFunction;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;

/**
 * The code once more, beside that which is tested, with one bug in it: all of ours is loaded anew,
 * one class of it rewritten; what we build on is shared. Safe to be used by one thread at a time.
 */
final class Planted extends ClassLoader {
  private static final String OURS = "dev.retriever.";

  private final PlantedBug bug;
  private final LongFunction<String> run;

  @SuppressWarnings("unchecked") // it is our own class, anew
  Planted(PlantedBug bug) {
    super(Planted.class.getClassLoader());
    this.bug = bug;
    try {
      var made = loadClass(PlantedRun.class.getName()).getDeclaredConstructor();
      made.setAccessible(true);
      run = (LongFunction<String>) made.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the simulation finds with that seed: the promise that is broken, or nothing. */
  Optional<String> run(long seed) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    // Actor systems find by it what their configuration names.
    thread.setContextClassLoader(this);
    try {
      return Optional.ofNullable(run.apply(seed));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      var loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    var bytes = name.equals(bug.place()) ? rewritten(name) : asWritten(name);
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] rewritten(String name) {
    var classes = ClassFileLocator.ForClassLoader.of(getParent());
    var type = TypePool.Default.of(classes).describe(name).resolve();
    return bug.plantedIn(new ByteBuddy().ignore(none()).redefine(type, classes)).make().getBytes();
  }

  private byte[] asWritten(String name) throws ClassNotFoundException {
    try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
