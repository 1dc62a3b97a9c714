package dev.retriever.cluster.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of the dashboard, by the paths that they are served at: {@code index.html} at {@code
 * /}, and every other one below {@code /ui/}. Only files that a listing has found are served, so no
 * path of a request ever names one. Thread-safe.
 */
@FunctionalInterface
interface DashboardFiles {
  /** The program's own. */
  String RESOURCE = "/dashboard/index.html";

  /** Of a name; the files are in one folder, and in folders of it. */
  Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)?");

  /** Files of one folder at most, so that a wrong one is noticed. */
  int MOST = 500;

  int DEPTH = 2;

  /** The file at that path; empty if there is none. */
  Optional<DashboardFile> at(String path);

  /** Those that the program has, read once. */
  static DashboardFiles packaged() {
    var found = DashboardFiles.class.getResource(RESOURCE);
    if (found == null) {
      throw new IllegalStateException("the program has no " + RESOURCE + "; install it again");
    }
    try {
      var files = read(found);
      return path -> Optional.ofNullable(files.get(path));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the dashboard of the program cannot be read", e);
    }
  }

  /** Those of a directory as they are at each request. It is for development, and blocks. */
  static DashboardFiles in(Path directory) {
    return path -> {
      try {
        var file = listed(directory).get(path);
        return file == null ? Optional.empty() : Optional.of(read(file));
      } catch (IOException e) {
        throw new UncheckedIOException("the dashboard in " + directory + " cannot be read", e);
      }
    };
  }

  private static Map<String, DashboardFile> read(URL index) throws IOException, URISyntaxException {
    if (index.openConnection() instanceof JarURLConnection jar) {
      var archive = Path.of(jar.getJarFileURL().toURI());
      try (var system = FileSystems.newFileSystem(archive)) {
        return readAll(system.getPath(jar.getEntryName()).getParent());
      }
    }
    return readAll(Path.of(index.toURI()).getParent());
  }

  private static Map<String, DashboardFile> readAll(Path directory) throws IOException {
    var files = new TreeMap<String, DashboardFile>();
    for (var entry : listed(directory).entrySet()) {
      files.put(entry.getKey(), read(entry.getValue()));
    }
    return Map.copyOf(files);
  }

  private static Map<String, Path> listed(Path directory) throws IOException {
    var files = new TreeMap<String, Path>();
    try (var walk = Files.walk(directory, DEPTH)) {
      walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .limit(MOST)
          .forEach(
              file -> {
                var name = directory.relativize(file).toString().replace('\\', '/');
                if (NAME.matcher(name).matches() && DashboardFile.type(name).isPresent()) {
                  files.put(name.equals("index.html") ? "/" : "/ui/" + name, file);
                }
              });
    }
    return files;
  }

  private static DashboardFile read(Path file) throws IOException {
    var type = DashboardFile.type(file.getFileName().toString()).orElseThrow();
    return DashboardFile.of(type, Files.readAllBytes(file));
  }
}
