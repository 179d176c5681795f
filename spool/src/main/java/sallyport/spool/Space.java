package sallyport.spool;

import java.io.IOException;

/** Tells a full disk from other trouble. */
final class Space {
  private Space() {}

  static boolean isMissing(IOException trouble) {
    String text = String.valueOf(trouble.getMessage());
    return trouble instanceof SpoolFullException
        || text.contains("No space left")
        || text.contains("quota exceeded");
  }

  static IOException named(IOException trouble) {
    return isMissing(trouble)
        ? new SpoolFullException(String.valueOf(trouble.getMessage()), trouble)
        : trouble;
  }

  static CommitResult.Refused refusal(IOException trouble) {
    return new CommitResult.Refused(
        isMissing(trouble) ? CommitResult.Reason.NO_SPACE : CommitResult.Reason.TROUBLE,
        String.valueOf(trouble));
  }
}
