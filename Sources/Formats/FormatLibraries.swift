import CZip
import CZlib

/// The C libraries that read files here.
public enum FormatLibraries {
  /// Each library's name and the version that is loaded, which need not be the one it was built
  /// with.
  public static var versions: [(name: String, version: String)] {
    [
      ("HDF5", HDF5Reader.libraryVersion),
      ("libzip", String(cString: zip_libzip_version())),
      ("zlib", String(cString: zlibVersion())),
    ]
  }
}
