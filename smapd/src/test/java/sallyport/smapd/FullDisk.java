package sallyport.smapd;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import sallyport.spool.DiskFiles;
import sallyport.spool.SpoolFiles;

/** A disk that can be full for files of certain names, and that can be slow to force. */
final class FullDisk {

  private final SpoolFiles disk = new DiskFiles();
  private volatile String name = "";
  private volatile CountDownLatch forces = new CountDownLatch(0);

  /** The disk as the spool sees it. */
  SpoolFiles files() {
    return (SpoolFiles)
        Proxy.newProxyInstance(
            FullDisk.class.getClassLoader(), new Class<?>[] {SpoolFiles.class}, this::pass);
  }

  /** Is full for files whose name has this in it. */
  void fullFor(String partOfName) {
    name = partOfName;
  }

  void roomAgain() {
    name = "";
  }

  /** Forces nothing until {@link #forceAgain}. */
  void holdForces() {
    forces = new CountDownLatch(1);
  }

  void forceAgain() {
    forces.countDown();
  }

  private Object pass(Object proxy, Method method, Object[] values) throws Throwable {
    awaitForce(method);
    Object result = call(disk, method, values);
    return result instanceof SpoolFiles.OpenFile file ? openFile((Path) values[0], file) : result;
  }

  private SpoolFiles.OpenFile openFile(Path path, SpoolFiles.OpenFile file) {
    return (SpoolFiles.OpenFile)
        Proxy.newProxyInstance(
            FullDisk.class.getClassLoader(),
            new Class<?>[] {SpoolFiles.OpenFile.class},
            (proxy, method, values) -> {
              awaitForce(method);
              if (method.getName().startsWith("write")
                  && !name.isEmpty()
                  && path.toString().contains(name)) {
                throw new IOException("No space left on device");
              }
              return call(file, method, values);
            });
  }

  private void awaitForce(Method method) throws InterruptedException {
    if (method.getName().startsWith("force")) {
      forces.await();
    }
  }

  private static Object call(Object target, Method method, Object[] values) throws Throwable {
    try {
      return method.invoke(target, values);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
