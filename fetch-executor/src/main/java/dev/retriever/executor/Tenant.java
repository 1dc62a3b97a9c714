package dev.retriever.executor;

import java.util.regex.Pattern;

/**
 * The owner of origins behind the HTTP API. Origins of different tenants have nothing in common,
 * even with the same id. Origins of other types than {@link #ORIGIN_TYPE} belong to the default
 * tenant. Immutable.
 *
 * @param name {@code default}, or 1 to 32 of {@code a-z 0-9 -}, not beginning with a hyphen
 */
public record Tenant(String name) {
  /**
   * The type of the origins that tenants have. It is part of every journal key of the HTTP API's
   * origins. Never change it.
   */
  public static final String ORIGIN_TYPE = "http";

  private static final String DEFAULT_NAME = "default";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  /** Is in no tenant's name and in no id of the HTTP API, so the first one ends the tenant. */
  private static final char SEPARATOR = '/';

  /** Its origins are journaled under their ids alone, as before there were tenants. */
  public static final Tenant DEFAULT = new Tenant(DEFAULT_NAME);

  /**
   * @throws IllegalArgumentException if the name has another form
   */
  public Tenant {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a tenant must be 1 to 32 of a-z 0-9 -, and not begin with a hyphen");
    }
  }

  /**
   * The tenant that an origin belongs to, by the id that it is journaled under. The HTTP API makes
   * no id that begins with anything but a tenant's name; such an id belongs to the default tenant.
   */
  public static Tenant of(String originType, String innerId) {
    return hasTenant(originType, innerId)
        ? new Tenant(innerId.substring(0, innerId.indexOf(SEPARATOR)))
        : DEFAULT;
  }

  /** The id that callers know the origin by. */
  public static String outerId(String originType, String innerId) {
    return hasTenant(originType, innerId)
        ? innerId.substring(innerId.indexOf(SEPARATOR) + 1)
        : innerId;
  }

  private static boolean hasTenant(String originType, String innerId) {
    var end = originType.equals(ORIGIN_TYPE) ? innerId.indexOf(SEPARATOR) : -1;
    return end > 0 && NAME.matcher(innerId.substring(0, end)).matches();
  }

  /** The id that an origin of this tenant is journaled under. */
  public String innerId(String originId) {
    return isDefault() ? originId : name + SEPARATOR + originId;
  }

  /** Whether a tenant may have that name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether it is the tenant whose origins have no prefix. */
  public boolean isDefault() {
    return name.equals(DEFAULT_NAME);
  }

  @Override
  public String toString() {
    return name;
  }
}
