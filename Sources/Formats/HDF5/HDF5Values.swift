import CHDF5
import Core
import Glibc

/// A dataset or an attribute, read as its elements are stored: numbers are copied out without
/// conversion.
struct HDF5Values {
  /// Why there is no value.
  enum Unread: Error {
    /// Not a kind of data that a result can be made of.
    case leftOut(FormatError.Kind, String)
    /// The file is damaged or unreasonable.
    case failed(FormatError.Kind, String)
    /// There is no room for so many bytes.
    case tooLarge(FormatError)
  }

  private let id: hid_t
  private let isAttribute: Bool
  private let type: HDF5Handle
  private let space: HDF5Handle

  /// Most strings of an attribute: they are read at once, and no call tells their length
  /// beforehand.
  private static let attributeStrings = 4096

  /// The values of the dataset `id`.
  init(dataset id: hid_t) {
    self.id = id
    isAttribute = false
    type = HDF5Handle(H5Dget_type(id))
    space = HDF5Handle(H5Dget_space(id))
  }

  /// The values of the attribute `id`.
  init(attribute id: hid_t) {
    self.id = id
    isAttribute = true
    type = HDF5Handle(H5Aget_type(id))
    space = HDF5Handle(H5Aget_space(id))
  }

  /// The value; takes the bytes it needs from `room`.
  func value(_ room: inout HDF5Room) throws(Unread) -> Value {
    guard isAttribute || cka_h5_is_self_contained(id) != 0 else {
      throw .leftOut(.unsupported, "its values stand in another file")
    }
    guard type.isValid, space.isValid else { throw .failed(.damaged, "damaged values") }
    let shape = try shape()
    let size = H5Tget_size(type.id)
    let count = try count(of: shape)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: max(1, size))
    try room.take(overflow ? .max : bytes)
    switch H5Tget_class(type.id) {
    case H5T_STRING:
      let most = isAttribute ? Self.attributeStrings : Limits.layers
      guard count <= most else { throw .leftOut(.tooLarge, "more than \(most) strings") }
      try room.take(try heapBytes())
      let strings = try strings(count: count, size: size)
      return shape.isEmpty && !strings.isEmpty
        ? .string(strings[0]) : .strings(strings, shape: shape)
    default:
      guard let scalar = HDF5Type(type.id) else {
        throw .leftOut(.unsupported, "its element type is not a plain number or string")
      }
      return try numbers(scalar, shape: shape, bytes: bytes)
    }
  }

  /// The bytes of references to objects of this file; nil where the values are something else, or
  /// are more than names can be.
  func references(_ room: inout HDF5Room) throws(Unread) -> [UInt8]? {
    guard cka_h5_is_self_contained(id) != 0, type.isValid, space.isValid,
      cka_h5_is_reference(type.id) != 0
    else { return nil }
    let count = try count(of: try shape())
    guard count <= Limits.layers else {
      throw .leftOut(.tooLarge, "more than \(Limits.layers) names")
    }
    try room.take(count * MemoryLayout<hobj_ref_t>.size)
    var bytes = [UInt8](repeating: 0, count: count * MemoryLayout<hobj_ref_t>.size)
    let isRead = bytes.withUnsafeMutableBytes { read(into: $0.baseAddress) }
    guard isRead else { throw .failed(.damaged, "its references cannot be read") }
    return bytes
  }

  private func shape() throws(Unread) -> [Int] {
    guard H5Sget_simple_extent_type(space.id) != H5S_NULL else {
      throw .leftOut(.empty, "it is empty")
    }
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard rank >= 0, rank <= 32 else { throw .failed(.damaged, "a damaged shape") }
    // Four dimensions and more are activations, not similarities.
    guard rank <= 3 else { throw .leftOut(.unsupported, "it has \(rank) dimensions") }
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    guard rank == 0 || H5Sget_simple_extent_dims(space.id, &sizes, nil) == rank else {
      throw .failed(.damaged, "a damaged shape")
    }
    var shape: [Int] = []
    for size in sizes {
      guard let size = Int(exactly: size) else { throw .failed(.damaged, "an absurd shape") }
      shape.append(size)
    }
    return shape
  }

  private func count(of shape: [Int]) throws(Unread) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Limits.cells else {
        throw .failed(.tooLarge, "shape \(shape) has more than \(Limits.cells) elements")
      }
      count = product
    }
    return count
  }

  private func numbers(
    _ scalar: HDF5Type, shape: [Int], bytes: Int
  ) throws(Unread) -> Value {
    // calloc: pages that libhdf5 leaves alone cost nothing, and hold zeros.
    guard let buffer = calloc(max(bytes, 1), 1) else {
      throw .failed(.tooLarge, "\(bytes) bytes: no memory")
    }
    let region = ByteRegion(owning: UnsafeRawBufferPointer(start: buffer, count: bytes)) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    guard read(into: buffer) else { throw .failed(.damaged, "its values cannot be read") }
    do throws(FormatError) {
      return .array(
        try NDArray(
          type: scalar.type, shape: shape, packedIn: ByteSlice(region), swapped: scalar.swapped))
    } catch {
      throw .failed(error.kind, error.problem)
    }
  }

  private func read(into target: UnsafeMutableRawPointer?) -> Bool {
    let status =
      isAttribute
      ? H5Aread(id, type.id, target)
      : H5Dread(id, type.id, cka_h5_all(), cka_h5_all(), cka_h5_default(), target)
    return status >= 0
  }

  /// What variable-length strings take in memory; many may share one long string of the file.
  private func heapBytes() throws(Unread) -> Int {
    guard !isAttribute, H5Tis_variable_str(type.id) > 0 else { return 0 }
    var bytes: hsize_t = 0
    guard H5Dvlen_get_buf_size(id, type.id, space.id, &bytes) >= 0, bytes <= hsize_t(Int.max) else {
      throw .failed(.damaged, "its strings cannot be read")
    }
    return Int(bytes)
  }

  private func strings(count: Int, size: Int) throws(Unread) -> [String] {
    guard H5Tis_variable_str(type.id) > 0 else {
      return try fixedStrings(count: count, size: size)
    }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: max(count, 1))
    defer { _ = H5Dvlen_reclaim(type.id, space.id, cka_h5_default(), &pointers) }
    let isRead = pointers.withUnsafeMutableBytes { read(into: $0.baseAddress) }
    guard isRead else { throw .failed(.damaged, "its strings cannot be read") }
    return pointers.prefix(count).map { pointer in
      // libhdf5 ends a variable-length string with a NUL; a null pointer is an empty one.
      pointer.map { String(cString: $0) } ?? ""
    }
  }

  private func fixedStrings(count: Int, size: Int) throws(Unread) -> [String] {
    guard size > 0 else { throw .failed(.damaged, "strings without a size") }
    var bytes = [UInt8](repeating: 0, count: count * size)
    let isRead = bytes.withUnsafeMutableBytes { read(into: $0.baseAddress) }
    guard isRead || count == 0 else { throw .failed(.damaged, "its strings cannot be read") }
    let isSpacePadded = H5Tget_strpad(type.id) == H5T_STR_SPACEPAD
    return (0..<count).map { index in
      var text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
      while isSpacePadded, text.last == UInt8(ascii: " ") { text.removeLast() }
      return String(decoding: text, as: UTF8.self)
    }
  }
}
