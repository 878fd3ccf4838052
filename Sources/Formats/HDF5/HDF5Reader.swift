import CHDF5
import Core
import Synchronization

/// Reads HDF5 with libhdf5: groups become dictionaries, datasets and attributes arrays or text.
///
/// Only what stands in the file itself is read: soft and external links, external storage, virtual
/// datasets and filter plug-ins are never followed. Compound and reference types are left out, with
/// a warning.
///
/// libhdf5 crashes on some damaged files (1.10.8 does within a few hundred random ones), so that it
/// reads in a child process: whatever becomes of the child, the worst that comes back is an error.
enum HDF5Reader {
  /// Whether the library is open. It is built without thread safety: this lock guards every call.
  private static let library = Mutex(false)

  /// Runs `body`, which may call libhdf5, while nobody else does.
  static func locked<T: Sendable>(_ body: () throws(FormatError) -> T) throws(FormatError) -> T {
    try library.withLock { isOpen throws(FormatError) in
      if !isOpen {
        isOpen = H5open() >= 0
        _ = cka_h5_silence()
        _ = cka_h5_forbid_plugins()
      }
      return try body()
    }
  }

  /// The root group of the file at `path`.
  static func read(path: String) throws(FormatError) -> ReadValue {
    guard let command = HDF5Child.command else { return try readHere(path: path) }
    return try HDF5Wire.decode(try HDF5Child(command, path: path).output())
  }

  /// The same in this very process, which a damaged file may crash.
  static func readHere(path: String) throws(FormatError) -> ReadValue {
    try locked { () throws(FormatError) in try contents(path: path) }
  }

  /// The version of libhdf5 that is loaded.
  static var libraryVersion: String {
    library.withLock { _ in
      var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
      guard H5get_libversion(&major, &minor, &release) >= 0 else { return "not known" }
      return "\(major).\(minor).\(release)"
    }
  }

  private static func contents(path: String) throws(FormatError) -> ReadValue {
    let file = HDF5Handle(cka_h5_open(path))
    guard file.isValid else {
      throw FormatError(
        "not a readable HDF5 file: its superblock is damaged or the file is cut short",
        remedy: "copy it again")
    }
    var walk = HDF5Walk()
    let root = try walk.group(file.id, place: "", depth: 0)
    return ReadValue(value: root, format: .hdf5, warnings: walk.warnings)
  }
}
