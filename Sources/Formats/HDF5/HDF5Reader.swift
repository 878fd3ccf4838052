import CHDF5
import CKACore
import Synchronization

/// Reads HDF5 with libhdf5: groups become dictionaries, datasets arrays or text.
///
/// Only what stands in the file itself is read: soft and external links, external storage, virtual
/// datasets and filter plug-ins are never followed. Compound and reference types are left out, with a warning.
enum HDF5Reader {
  /// libhdf5 is built without thread safety: every call into it happens under this lock.
  private static let library = Mutex(false)

  /// The root group of the file at `path`.
  static func read(path: String) throws(FormatError) -> ReadValue {
    let result = library.withLock { isOpen in
      if !isOpen {
        isOpen = H5open() >= 0
        _ = cka_h5_silence()
        _ = cka_h5_forbid_plugins()
      }
      return Result { () throws(FormatError) in try readLocked(path: path) }
    }
    return try result.get()
  }

  /// The version of libhdf5 that is loaded.
  static var libraryVersion: String {
    library.withLock { _ in
      var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
      guard H5get_libversion(&major, &minor, &release) >= 0 else { return "not known" }
      return "\(major).\(minor).\(release)"
    }
  }

  private static func readLocked(path: String) throws(FormatError) -> ReadValue {
    let file = HDF5Handle(cka_h5_open(path))
    guard file.isValid else {
      throw FormatError(
        "not a readable HDF5 file: its superblock is damaged or the file is cut short",
        remedy: "copy it again")
    }
    var walk = HDF5Walk()
    let root = try walk.group(file.id, place: "", depth: 0)
    return ReadValue(value: root, format: "HDF5", warnings: walk.warnings)
  }
}

/// An object of libhdf5, closed with the last reference.
final class HDF5Handle {
  let id: hid_t

  init(_ id: hid_t) { self.id = id }

  var isValid: Bool { id >= 0 }

  deinit { if id >= 0 { H5Idec_ref(id) } }
}

/// One pass over a file, with what it may still cost.
private struct HDF5Walk {
  var warnings: [String] = []
  private var objectsLeft = Limits.archiveMembers
  private var bytesLeft = Limits.inflatedBytes

  mutating func group(_ id: hid_t, place: String, depth: Int) throws(FormatError) -> Value {
    guard depth < Limits.depth else {
      throw FormatError("groups nest deeper than \(Limits.depth) levels", at: place)
    }
    let count = cka_h5_link_count(id)
    guard count >= 0 else { throw FormatError("a group cannot be read", at: place) }
    guard count <= objectsLeft else {
      throw FormatError("the file has more than \(Limits.archiveMembers) objects")
    }
    objectsLeft -= Int(count)
    var entries: [(key: Value, value: Value)] = []
    for index in 0..<hsize_t(count) where cka_h5_link_is_hard(id, index) != 0 {
      let name = try linkName(id, index, place: place)
      let child = place + "/" + SafeText.sanitise(name)
      if let value = try object(id, index, place: child, depth: depth + 1) {
        entries.append((.string(name), value))
      }
    }
    return .dictionary(entries)
  }

  private func linkName(
    _ group: hid_t, _ index: hsize_t, place: String
  ) throws(FormatError) -> String {
    let length = cka_h5_link_name(group, index, nil, 0)
    guard length >= 0, length < 1 << 16 else {
      throw FormatError("a member's name cannot be read", at: place)
    }
    var name = [CChar](repeating: 0, count: Int(length) + 1)
    guard cka_h5_link_name(group, index, &name, name.count) == length else {
      throw FormatError("a member's name cannot be read", at: place)
    }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private mutating func object(
    _ group: hid_t, _ index: hsize_t, place: String, depth: Int
  ) throws(FormatError) -> Value? {
    let object = HDF5Handle(cka_h5_open_object(group, index))
    guard object.isValid else { throw FormatError("a damaged member", at: place) }
    switch H5Iget_type(object.id) {
    case H5I_GROUP:
      return try self.group(object.id, place: place, depth: depth)
    case H5I_DATASET:
      let dataset = HDF5Dataset(id: object.id, place: place)
      do throws(HDF5Dataset.Unread) {
        return try dataset.value(bytesLeft: &bytesLeft)
      } catch {
        switch error {
        case .leftOut(let reason):
          warnings.append("\(place): \(reason); left out")
          return nil
        case .damaged(let problem):
          throw FormatError(problem, at: place)
        }
      }
    default:
      return nil
    }
  }
}
