package sallyport.netperm;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that somebody may have meant. */
public final class Spelling {
  private static final int LONGEST = 64;

  private Spelling() {}

  /** The known word nearest to a wrong one, unless none is near. */
  public static Optional<String> nearest(String wrong, Collection<String> known) {
    if (wrong.length() > LONGEST) {
      return Optional.empty();
    }
    int most = Math.max(1, wrong.length() / 3);
    return known.stream()
        .filter(word -> distance(wrong, word) <= most)
        .min(
            Comparator.comparingInt((String word) -> distance(wrong, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** How many letters must be added, left out or changed to make one word of the other. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
