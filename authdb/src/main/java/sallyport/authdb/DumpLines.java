package sallyport.authdb;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The lines of a dump with their numbers, bounded in length, and what is wrong with them. */
final class DumpLines {
  private final BufferedReader text;
  private final List<String> errors = new ArrayList<>();
  private String line = "";
  private int number;

  DumpLines(BufferedReader text) {
    this.text = text;
  }

  /** Goes to the next line; false at the end, where the line is empty. */
  boolean next() throws IOException {
    StringBuilder read = new StringBuilder();
    boolean tooLong = false;
    int c = text.read();
    boolean there = c >= 0;
    number += there ? 1 : 0;
    while (c >= 0 && c != '\n') {
      if (read.length() < Dump.MOST_LINE) {
        read.append((char) c);
      } else {
        tooLong = true;
      }
      c = text.read();
    }
    if (tooLong) {
      error("longer than " + Dump.MOST_LINE + " characters");
    }
    line = withoutReturn(read);
    return there;
  }

  private static String withoutReturn(StringBuilder line) {
    int last = line.length() - 1;
    return line.substring(0, last >= 0 && line.charAt(last) == '\r' ? last : last + 1);
  }

  String line() {
    return line;
  }

  int number() {
    return number;
  }

  void error(String what) {
    Dump.tell(errors, "line " + number + ": " + what);
  }

  List<String> errors() {
    return errors;
  }
}
