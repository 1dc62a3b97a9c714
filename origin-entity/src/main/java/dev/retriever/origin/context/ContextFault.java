package dev.retriever.origin.context;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.util.stream.Collectors;

/**
 * Why a context could not be written or read, and where. It has its own texts and no cause, because
 * those of Jackson show values.
 */
public final class ContextFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  ContextFault(String message) {
    super(message, null, false, false);
  }

  static ContextFault tooLong() {
    return new ContextFault("it is longer than " + ContextCodec.MAX_BYTES + " bytes");
  }

  static ContextFault tooDeep() {
    return new ContextFault("it is nested deeper than " + ContextCodec.MAX_DEPTH);
  }

  static ContextFault of(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ContextFault fault) {
        return fault;
      }
    }
    var path = e instanceof JsonMappingException mapping ? path(mapping) : "";
    return new ContextFault((path.isEmpty() ? "" : "at " + path + ", ") + what(e));
  }

  private static String what(Throwable e) {
    if (e instanceof StreamConstraintsException) {
      return tooDeep().getMessage() + ", or has a part that is too long";
    }
    if (e instanceof StreamReadException) {
      return "the bytes are not CBOR, or have a name twice";
    }
    if (e instanceof InvalidTypeIdException kind) {
      return kindOf(kind);
    }
    if (e instanceof ValueInstantiationException made) {
      return "the constructor of %s refuses it (%s)"
          .formatted(made.getType().getRawClass().getTypeName(), name(made.getCause()));
    }
    if (e instanceof MismatchedInputException other && other.getTargetType() != null) {
      return "there is no valid " + other.getTargetType().getTypeName();
    }
    if (e.getCause() != null && e.getCause() != e) {
      return what(e.getCause());
    }
    return "there is a " + name(e);
  }

  /** Names of kinds are code, not values; a name with other characters is left out to be safe. */
  private static String kindOf(InvalidTypeIdException e) {
    var id = e.getTypeId();
    var base = e.getBaseType().getRawClass().getTypeName();
    if (id == null) {
      return "the name of the kind of " + base + " is missing";
    }
    return ContextNames.isName(id)
        ? "no kind of " + base + " is named '" + id + "'"
        : "there is no name of a kind of " + base;
  }

  private static String name(Throwable e) {
    return e == null ? "no exception" : e.getClass().getTypeName();
  }

  /** The path of components and indices. Keys of maps are values, and shown as a star. */
  private static String path(JsonMappingException e) {
    return e.getPath().stream().map(ContextFault::step).collect(Collectors.joining());
  }

  private static String step(JsonMappingException.Reference step) {
    if (step.getIndex() >= 0) {
      return "[" + step.getIndex() + "]";
    }
    var from = step.getFrom() instanceof Class<?> type ? type : step.getFrom().getClass();
    return from.isRecord() && step.getFieldName() != null ? "/" + step.getFieldName() : "/*";
  }
}
