import CHDF5
import Core
import Synchronization

/// An open HDF5 file whose bytes are mapped: libhdf5 opens, maps and writes nothing itself.
/// - Precondition: all calls, and the end of its life, happen while `HDF5Reader.locked` runs them.
final class HDF5File {
  private let root: HDF5Handle
  private let region: ByteRegion
  /// libhdf5 takes two files of one name for the same file.
  private static let opened = Atomic<Int>(0)

  /// The root group.
  var id: hid_t { root.id }

  /// Opens the file that `region` holds.
  init(_ region: ByteRegion) throws(FormatError) {
    self.region = region
    let number = Self.opened.wrappingAdd(1, ordering: .relaxed).newValue
    root = HDF5Handle(cka_h5_open_bytes(region.bytes.baseAddress, region.count, "file \(number)"))
    guard root.isValid else {
      throw FormatError(
        .damaged, "not a readable HDF5 file: its superblock is damaged or the file is cut short",
        remedy: "copy it again")
    }
  }
}
