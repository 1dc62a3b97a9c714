package dev.retriever.alarms;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** A cron that looks at every minute there is. Slow, and simple enough to be believed. */
record NaiveCron(String expression, ZoneId zone) {
  private static final int[][] RANGES = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};

  /** Fields of those forms that the model reads, each with the same chance. */
  static String randomExpression(SplittableRandom random) {
    var fields = new ArrayList<String>();
    for (var range : RANGES) {
      // Days and months are mostly left open, or there is hardly a tick near a change of clocks.
      var open = range[1] < 23 || range[1] == 31;
      fields.add(open && random.nextInt(4) > 0 ? "*" : randomField(random, range[0], range[1]));
    }
    return String.join(" ", fields);
  }

  private static String randomField(SplittableRandom random, int min, int max) {
    var a = random.nextInt(min, max + 1);
    var b = random.nextInt(min, max + 1);
    var range = Math.min(a, b) + "-" + Math.max(a, b);
    var step = random.nextInt(1, Math.min(max, 20));
    return switch (random.nextInt(8)) {
      case 0, 1 -> "*";
      case 2 -> "*/" + step;
      case 3 -> String.valueOf(a);
      case 4 -> range;
      case 5 -> range + "/" + step;
      case 6 -> a + "," + b;
      default -> a + "," + range + "," + min;
    };
  }

  /** Ticks strictly after {@code from} and up to {@code until}. */
  List<Instant> ticks(Instant from, Instant until, int atMost) {
    var ticks = new ArrayList<Instant>();
    var sets = sets();
    var minute = from.truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(1));
    while (!minute.isAfter(until) && ticks.size() < atMost) {
      if (isTick(minute, sets)) {
        ticks.add(minute);
      }
      minute = minute.plus(Duration.ofMinutes(1));
    }
    return ticks;
  }

  private boolean isTick(Instant minute, List<Set<Integer>> sets) {
    var at = minute.atZone(zone);
    if (fields()[1].equals("*")) {
      return matches(at.toLocalDateTime(), sets);
    }
    var firstPass =
        zone.getRules().getValidOffsets(at.toLocalDateTime()).get(0).equals(at.getOffset());
    return (matches(at.toLocalDateTime(), sets) && firstPass) || endsGapOf(minute, sets);
  }

  private boolean endsGapOf(Instant minute, List<Set<Integer>> sets) {
    var last = zone.getRules().nextTransition(minute.minusNanos(1));
    if (last == null || !last.getInstant().equals(minute) || !last.isGap()) {
      return false;
    }
    var missing = last.getDateTimeBefore();
    while (missing.isBefore(last.getDateTimeAfter())) {
      if (matches(missing, sets)) {
        return true;
      }
      missing = missing.plusMinutes(1);
    }
    return false;
  }

  private boolean matches(LocalDateTime time, List<Set<Integer>> sets) {
    var weekday = time.getDayOfWeek().getValue();
    var dayOfMonth = sets.get(2).contains(time.getDayOfMonth());
    var dayOfWeek = sets.get(4).contains(weekday) || (weekday == 7 && sets.get(4).contains(0));
    var either = !open(fields()[2]) && !open(fields()[4]);
    return sets.get(0).contains(time.getMinute())
        && sets.get(1).contains(time.getHour())
        && sets.get(3).contains(time.getMonthValue())
        && (either ? dayOfMonth || dayOfWeek : dayOfMonth && dayOfWeek);
  }

  private static boolean open(String field) {
    return field.equals("*") || field.equals("*/1");
  }

  private String[] fields() {
    return expression.split(" ");
  }

  private List<Set<Integer>> sets() {
    var sets = new ArrayList<Set<Integer>>();
    for (var i = 0; i < RANGES.length; i++) {
      var set = new TreeSet<Integer>();
      for (var part : fields()[i].split(",")) {
        add(part, RANGES[i], set);
      }
      sets.add(set);
    }
    return sets;
  }

  private static void add(String part, int[] range, Set<Integer> values) {
    var stepped = part.split("/");
    var ends = stepped[0].equals("*") ? null : stepped[0].split("-");
    var from = ends == null ? range[0] : Integer.parseInt(ends[0]);
    var to = ends == null ? range[1] : Integer.parseInt(ends[ends.length - 1]);
    var step = stepped.length == 1 ? 1 : Integer.parseInt(stepped[1]);
    for (var value = from; value <= to; value += step) {
      values.add(value);
    }
  }
}
