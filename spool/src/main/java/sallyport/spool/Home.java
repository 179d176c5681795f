package sallyport.spool;

import java.nio.file.Path;

/**
 * What all files of one folder share, so that none of them has to hold it.
 *
 * @param files how to reach them
 * @param folder where they lie
 * @param reasons texts that many messages have
 * @param contents room for what is in those that were just read
 */
record Home(SpoolFiles files, Path folder, Reasons reasons, Contents contents) {}
