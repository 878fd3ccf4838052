import COpenBLAS

/// OpenBLAS, loaded when it is first needed; every call runs on the caller's thread.
public enum OpenBLAS {
  /// Loads the library; cheap after the first time.
  /// - Throws: one line that says why it does not load, and what to install.
  public static func load() throws(ComputeError) {
    if let reason = copenblas_load() { throw ComputeError(String(cString: reason)) }
  }

  /// Version and build, as the library states them, for the record.
  public static func version() throws(ComputeError) -> String {
    try load()
    return copenblas_config().map { String(cString: $0) } ?? "OpenBLAS"
  }
}
