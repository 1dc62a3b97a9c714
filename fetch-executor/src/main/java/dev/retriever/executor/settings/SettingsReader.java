package dev.retriever.executor.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads one section of the configuration into a settings record. The error for an invalid value is
 * {@code KEY must be RULE, but is VALUE; change it in ORIGIN, or override it}, with the full key.
 * Constructors of records check the rules, mostly with {@link SettingRules}; their messages begin
 * with the key inside the section.
 */
public final class SettingsReader {
  private final Config config;
  private final String path;

  private SettingsReader(Config config, String path) {
    this.config = config;
    this.path = path;
  }

  /**
   * Reads a record by {@code make}.
   *
   * @param config the whole configuration
   * @param path the path of the section
   * @throws IllegalArgumentException naming the key that is missing, cannot be read, or breaks a
   *     rule
   */
  public static <T> T read(Config config, String path, Function<SettingsReader, T> make) {
    var reader = new SettingsReader(config, path);
    try {
      return make.apply(reader);
    } catch (IllegalArgumentException e) {
      var key = e.getMessage().split("[ :]", 2)[0];
      throw new IllegalArgumentException(
          path + "." + e.getMessage() + reader.whereToChange(key), e);
    }
  }

  private String whereToChange(String key) {
    try {
      var origin = config.getValue(path + "." + key).origin().description();
      return "; change it in " + origin + ", or override it";
    } catch (ConfigException e) {
      return "";
    }
  }

  /** A duration, such as {@code 10 s}. */
  public Duration duration(String key) {
    return value(key, "a duration such as 10 s", Config::getDuration);
  }

  /** A whole number. */
  public int count(String key) {
    return value(key, "a whole number", Config::getInt);
  }

  /** A number of bytes, such as {@code 64 KiB}. */
  public long bytes(String key) {
    return value(key, "a number of bytes such as 64 KiB", Config::getBytes);
  }

  /** A number of bytes as an {@code int}; larger numbers become the largest {@code int}. */
  public int fewBytes(String key) {
    return (int) Math.min(Integer.MAX_VALUE, bytes(key));
  }

  /** A number, perhaps with a fraction. */
  public double number(String key) {
    return value(key, "a number", Config::getDouble);
  }

  /** {@code on} or {@code off}, {@code true} or {@code false}. */
  public boolean flag(String key) {
    return value(key, "on or off", Config::getBoolean);
  }

  /** A text, which may be empty. */
  public String text(String key) {
    return value(key, "a text", Config::getString);
  }

  /** A list of texts. */
  public List<String> texts(String key) {
    return value(key, "a list of texts", Config::getStringList);
  }

  /** A constant of that type, in the spelling of {@link #name}. */
  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    var constants = List.of(type.getEnumConstants());
    var names = constants.stream().map(SettingsReader::name).toList();
    var index = names.indexOf(text(key));
    SettingRules.must(index >= 0, key, String.join(" or ", names), text(key));
    return constants.get(index);
  }

  /** The spelling of a constant in settings: lower case, with dashes. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads a key by {@code read}; empty if its value is {@code word}. */
  public <T> Optional<T> unless(String word, String key, Function<String, T> read) {
    return text(key).equals(word) ? Optional.empty() : Optional.of(read.apply(key));
  }

  private <T> T value(String key, String kind, BiFunction<Config, String, T> get) {
    var full = path + "." + key;
    try {
      return get.apply(config, full);
    } catch (ConfigException e) {
      var found = config.hasPath(full) ? config.getValue(full).unwrapped() : "not set";
      throw new IllegalArgumentException("%s must be %s, but is %s".formatted(key, kind, found), e);
    }
  }
}
