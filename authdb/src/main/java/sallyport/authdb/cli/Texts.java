package sallyport.authdb.cli;

import sallyport.authdb.Names;
import sallyport.daemon.StartupException;

/** Holds what is typed for people to read to what the database takes. */
final class Texts {
  private Texts() {}

  static void requireGroup(String group) throws StartupException {
    if (!Names.isGroup(group)) {
      throw unfit("group", Names.MOST_CHARACTERS);
    }
  }

  static void requireLongName(String name) throws StartupException {
    if (!Names.isLongName(name)) {
      throw unfit("name", Names.MOST_LONG_NAME);
    }
  }

  private static StartupException unfit(String what, int most) {
    return Desk.wrong(
        "the " + what + " is too long or not printable; expected at most " + most + " characters");
  }
}
