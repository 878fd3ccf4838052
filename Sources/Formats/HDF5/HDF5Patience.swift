import Synchronization

/// The time that HDF5 files without an end may cost together: libhdf5 goes round in circles on some
/// damaged files, and a folder may be full of them.
enum HDF5Patience {
  /// Seconds for all files that do not end.
  static let seconds = 30
  /// Seconds of computing for one file; the `Limits.hdf5Bytes` that may be read take fewer.
  static let secondsForFile = 10

  private static let spent = Mutex(0.0)

  /// Begins anew, as with another folder.
  static func renew() { spent.withLock { $0 = 0 } }

  /// Seconds that the next file may take; nil where none are left.
  static var allowance: Int? {
    let left = Double(seconds) - spent.withLock(\.self)
    return left < 1 ? nil : min(secondsForFile, Int(left))
  }

  /// Counts the time of a file that did not end.
  static func spend(_ time: Duration) {
    spent.withLock { $0 += time / .seconds(1) }
  }
}
