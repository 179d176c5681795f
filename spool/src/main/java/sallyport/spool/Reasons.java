package sallyport.spool;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Why messages were deferred: one text for all that have the same, and cut, since a hub may give
 * each its own. The logs hold them whole. Safe for all threads; forgets everything when it is full.
 */
final class Reasons {
  /** Characters kept of one. */
  static final int MAX_LENGTH = 120;

  private static final int KEPT = 2000;

  private final ConcurrentHashMap<String, String> kept = new ConcurrentHashMap<>();

  String shared(String reason) {
    String cut = reason.length() <= MAX_LENGTH ? reason : reason.substring(0, MAX_LENGTH);
    if (kept.size() >= KEPT) {
      kept.clear();
    }
    String before = kept.putIfAbsent(cut, cut);
    return before == null ? cut : before;
  }
}
