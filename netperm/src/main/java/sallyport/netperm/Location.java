package sallyport.netperm;

/**
 * A place in a rule table.
 *
 * @param file the table's name as the administrator gave it
 * @param line counted from 1; of a continued line the first; 0 stands for the table as a whole
 */
public record Location(String file, int line) {
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
