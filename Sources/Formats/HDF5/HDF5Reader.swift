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
    guard let command = HDF5Child.command else {
      return try readHere(try MappedFile.region(path: path, mappingFrom: 1))
    }
    return try HDF5Child.read(command, path: path)
  }

  /// The root group of the file that `region` holds, read in this very process, which a damaged
  /// file may crash.
  /// - Parameter most: bytes of all values.
  static func readHere(
    _ region: ByteRegion, most: Int = Limits.hdf5Bytes
  ) throws(FormatError) -> ReadValue {
    try locked { () throws(FormatError) in try contents(of: region, most: most) }
  }

  /// The version of libhdf5 that is loaded.
  static var libraryVersion: String {
    library.withLock { _ in
      var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
      guard H5get_libversion(&major, &minor, &release) >= 0 else { return "not known" }
      return "\(major).\(minor).\(release)"
    }
  }

  private static func contents(
    of region: ByteRegion, most: Int
  ) throws(FormatError) -> ReadValue {
    let file = try HDF5File(region)
    var walk = HDF5Walk(room: HDF5Room(most: most, fileSize: region.count))
    let root = try walk.group(file.id, place: "", depth: 0)
    guard !region.hasLostBytes else {
      throw FormatError(
        .changed, "the file was cut short while it was read", remedy: "open it again")
    }
    return ReadValue(value: root, format: .hdf5, warnings: walk.warnings)
  }
}

/// How many bytes the values of a file may still take.
struct HDF5Room {
  private let fileSize: Int
  private let proportionate: Int
  private(set) var left: Int

  /// Room for `most` bytes, and for no more than a file of `fileSize` may unpack to.
  init(most: Int, fileSize: Int) {
    self.fileSize = fileSize
    proportionate = Limits.unpacked(from: fileSize)
    left = min(most, proportionate)
  }

  /// Takes `count` bytes.
  mutating func take(_ count: Int) throws(HDF5Values.Unread) {
    guard count >= 0, count <= left else { throw .tooLarge(error(count)) }
    left -= count
  }

  private func error(_ count: Int) -> FormatError {
    guard count <= proportionate else { return TooLarge.suspicious(count, from: fileSize) }
    return FormatError(
      .tooLarge,
      "too large: with these values the file takes more than \(TooLarge.text(Limits.hdf5Bytes)), or "
        + "than is left of what files may take (\(MemoryAllowance.variable))",
      remedy: "save less in one file, or the matrix as .npy, which needs no memory")
  }
}
