import CCairo

/// The C library that draws figures.
public enum FigureLibraries {
  /// Its name and the version that is loaded.
  public static var versions: [(name: String, version: String)] {
    [("cairo", String(cString: cairo_version_string()))]
  }
}
