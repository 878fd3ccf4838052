import CHDF5
import Core

/// An object of libhdf5, closed with the last reference.
final class HDF5Handle {
  let id: hid_t

  init(_ id: hid_t) { self.id = id }

  var isValid: Bool { id >= 0 }

  deinit { if id >= 0 { H5Idec_ref(id) } }
}

/// One pass over a file, with what it may still cost.
struct HDF5Walk {
  var warnings: [ResultNote] = []
  private var objectsLeft = Limits.archiveMembers
  private var room: HDF5Room

  /// A pass that may read so many values.
  init(room: HDF5Room) { self.room = room }

  mutating func group(_ id: hid_t, place: String, depth: Int) throws(FormatError) -> Value {
    let count = try Self.links(id, place: place, depth: depth, objectsLeft: &objectsLeft)
    var entries: [(key: Value, value: Value)] = []
    for index in 0..<count where cka_h5_link_is_hard(id, index) != 0 {
      let name = try Self.name(place: place) { Int(cka_h5_link_name(id, index, $0, $1)) }
      let child = place + "/" + SafeText.sanitise(name)
      let object = HDF5Handle(cka_h5_open_object(id, index))
      guard object.isValid else { throw FormatError(.damaged, "a damaged member", at: child) }
      guard let value = try member(object.id, place: child, depth: depth + 1) else { continue }
      entries.append((.string(name), value))
      if name == "CKA" || name == "cka" {
        try addAttributes(of: object.id, place: child, to: &entries)
      }
    }
    try addAttributes(of: id, place: place, to: &entries)
    return .dictionary(entries)
  }

  /// How many links the group `id` has, which are taken off `objectsLeft`.
  /// - Throws: when the group cannot be read, nests too deeply, or holds more than is left.
  static func links(
    _ id: hid_t, place: String, depth: Int, objectsLeft: inout Int,
    most: Int = Limits.archiveMembers
  ) throws(FormatError) -> hsize_t {
    guard depth < Limits.depth else {
      throw FormatError(.tooLarge, "groups nest deeper than \(Limits.depth) levels", at: place)
    }
    let count = cka_h5_link_count(id)
    guard count >= 0 else { throw FormatError(.damaged, "a group cannot be read", at: place) }
    guard count <= objectsLeft else {
      throw FormatError(.tooLarge, "the file has more than \(most) objects")
    }
    objectsLeft -= Int(count)
    return hsize_t(count)
  }

  /// Names often stand in attributes, of the group or of the matrix itself; a member of that name
  /// wins.
  private mutating func addAttributes(
    of id: hid_t, place: String, to entries: inout [(key: Value, value: Value)]
  ) throws(FormatError) {
    let count = cka_h5_attribute_count(id)
    guard count >= 0, count <= objectsLeft else {
      throw FormatError(.damaged, "its attributes cannot be read", at: place)
    }
    objectsLeft -= Int(count)
    for index in 0..<hsize_t(count) {
      let attribute = HDF5Handle(cka_h5_open_attribute(id, index))
      guard attribute.isValid else { throw FormatError(.damaged, "a damaged attribute", at: place) }
      let name = try Self.name(place: place) { H5Aget_name(attribute.id, $1, $0) }
      guard entries[name] == nil else { continue }
      let values = HDF5Values(attribute: attribute.id)
      let child = place + "/@" + SafeText.sanitise(name)
      let value = try read(place: child) { room throws(HDF5Values.Unread) in
        try values.value(&room)
      }
      if let value { entries.append((.string(name), value)) }
    }
  }

  /// The name that `get` writes into a buffer of a given size; it gives the length without the NUL.
  static func name(
    place: String, _ get: (UnsafeMutablePointer<CChar>?, Int) -> Int
  ) throws(FormatError) -> String {
    let length = get(nil, 0)
    guard length >= 0, length < 1 << 16 else {
      throw FormatError(.damaged, "a member's name cannot be read", at: place)
    }
    var name = [CChar](repeating: 0, count: length + 1)
    guard get(&name, name.count) == length else {
      throw FormatError(.damaged, "a member's name cannot be read", at: place)
    }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private mutating func member(
    _ id: hid_t, place: String, depth: Int
  ) throws(FormatError) -> Value? {
    switch H5Iget_type(id) {
    case H5I_GROUP: return try group(id, place: place, depth: depth)
    case H5I_DATASET:
      let value = try read(place: place) { room throws(HDF5Values.Unread) -> Value in
        if let text = try MATLABText.value(of: id, room: &room) { return text }
        return try HDF5Values(dataset: id).value(&room)
      }
      guard case .array(let array) = value, MATLABClass.isNumeric(id) else { return value }
      // Packed again, as everything that goes over the wire is.
      return .array(try array.reversed().packed())
    default: return nil
    }
  }

  private mutating func read(
    place: String, _ body: (inout HDF5Room) throws(HDF5Values.Unread) -> Value
  ) throws(FormatError) -> Value? {
    do throws(HDF5Values.Unread) {
      return try body(&room)
    } catch {
      switch error {
      case .leftOut(_, let reason):
        warnings.append(.leftOut(place: place, reason: reason))
        return nil
      case .failed(let kind, let problem): throw FormatError(kind, problem, at: place)
      case .tooLarge(let error): throw error.located(place)
      }
    }
  }
}
