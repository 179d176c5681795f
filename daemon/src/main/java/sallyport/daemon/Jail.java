package sallyport.daemon;

/** How a daemon that was started as root is confined. */
public enum Jail {
  /** Root directory, groups, ids; no new privileges. The rule. */
  CHROOT,
  /** Groups and ids only: for a program that must start another one of the system. */
  ACCOUNT_ONLY
}
