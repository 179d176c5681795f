package sallyport.spool;

import java.nio.file.Path;

/**
 * What all files of one folder share, so that none of them has to hold it.
 *
 * @param files how to reach them
 * @param folder where they lie
 * @param reasons texts that many messages have
 */
record Home(SpoolFiles files, Path folder, Reasons reasons) {}
