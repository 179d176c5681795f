package sallyport.pop3gw.pop3;

/**
 * One line of an inside server.
 *
 * <pre>
 * single-line = status [ SP text ]             ; RFC 2449 section 3
 * status      = "+OK" / "-ERR"                 ; upper case, RFC 1939 section 3
 * text        = [ "[" resp-code "]" ] ...      ; RFC 2449 section 8
 * </pre>
 *
 * @param status what it begins with
 * @param line the whole line: nobody's business outside this package
 */
record InsideReply(Status status, String line) {
  enum Status {
    OK,
    ERR,
    NEITHER
  }

  private static final String OK = "+OK";
  private static final String ERR = "-ERR";

  static InsideReply of(String line) {
    if (begins(line, OK)) {
      return new InsideReply(Status.OK, line);
    }
    return new InsideReply(begins(line, ERR) ? Status.ERR : Status.NEITHER, line);
  }

  private static boolean begins(String line, String status) {
    return line.startsWith(status)
        && (line.length() == status.length() || line.charAt(status.length()) == ' ');
  }

  /**
   * What a refusal of the login means. Without a code it is taken for a refusal of the credentials,
   * though an old server may mean anything by it.
   */
  InsideFault refusal() {
    String text = Characters.upperCase(line.substring(ERR.length()).strip());
    if (text.startsWith("[IN-USE]")) {
      return InsideFault.IN_USE;
    }
    if (text.startsWith("[LOGIN-DELAY]")) {
      return InsideFault.LOGIN_DELAY;
    }
    return text.startsWith("[SYS/TEMP]") ? InsideFault.TEMPORARY : InsideFault.LOGIN_REFUSED;
  }
}
