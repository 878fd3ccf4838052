import CHDF5
import CKACore
import Glibc

/// One dataset, read as its elements are stored: numbers are copied out without conversion.
struct HDF5Dataset {
  /// Why there is no value.
  enum Unread: Error {
    /// Not a kind of data that a result can be made of.
    case leftOut(String)
    /// The file is damaged or unreasonable.
    case damaged(String)
  }

  let id: hid_t
  let place: String

  /// The value; takes the bytes it needs from `bytesLeft`.
  func value(bytesLeft: inout Int) throws(Unread) -> Value {
    guard cka_h5_is_self_contained(id) != 0 else {
      throw .leftOut("its values stand in another file")
    }
    let type = HDF5Handle(H5Dget_type(id))
    let space = HDF5Handle(H5Dget_space(id))
    guard type.isValid, space.isValid else { throw .damaged("a damaged dataset") }
    let shape = try shape(of: space.id)
    let size = H5Tget_size(type.id)
    let count = try count(of: shape)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: max(1, size))
    guard !overflow, bytes <= bytesLeft else {
      throw .damaged("shape \(shape) needs more than \(Limits.inflatedBytes) bytes")
    }
    bytesLeft -= bytes
    switch H5Tget_class(type.id) {
    case H5T_STRING:
      guard count <= Limits.layers else { throw .leftOut("more than \(Limits.layers) strings") }
      bytesLeft -= try heapBytes(type: type.id, space: space.id, limit: bytesLeft)
      let strings = try strings(type: type.id, space: space.id, count: count, size: size)
      return shape.isEmpty && !strings.isEmpty ? .string(strings[0]) : .strings(strings, shape: shape)
    default:
      guard let scalar = HDF5Type(type.id) else {
        throw .leftOut("its element type is not a plain number or string")
      }
      return try numbers(scalar, type: type.id, shape: shape, bytes: bytes)
    }
  }

  private func shape(of space: hid_t) throws(Unread) -> [Int] {
    guard H5Sget_simple_extent_type(space) != H5S_NULL else { throw .leftOut("it is empty") }
    let rank = H5Sget_simple_extent_ndims(space)
    guard rank >= 0, rank <= 32 else { throw .damaged("a damaged shape") }
    // Four dimensions and more are activations, not similarities.
    guard rank <= 3 else { throw .leftOut("it has \(rank) dimensions") }
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    guard rank == 0 || H5Sget_simple_extent_dims(space, &sizes, nil) == rank else {
      throw .damaged("a damaged shape")
    }
    var shape: [Int] = []
    for size in sizes {
      guard let size = Int(exactly: size) else { throw .damaged("an absurd shape") }
      shape.append(size)
    }
    return shape
  }

  private func count(of shape: [Int]) throws(Unread) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Limits.cells else {
        throw .damaged("shape \(shape) has more than \(Limits.cells) elements")
      }
      count = product
    }
    return count
  }

  private func numbers(
    _ scalar: HDF5Type, type: hid_t, shape: [Int], bytes: Int
  ) throws(Unread) -> Value {
    // calloc: pages that libhdf5 leaves alone cost nothing, and hold zeros.
    guard let buffer = calloc(max(bytes, 1), 1) else { throw .damaged("\(bytes) bytes: no memory") }
    let region = ByteRegion(owning: UnsafeRawBufferPointer(start: buffer, count: bytes)) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    guard read(type, into: buffer) else { throw .damaged("its values cannot be read") }
    do throws(FormatError) {
      return .array(
        try NDArray(
          type: scalar.type, shape: shape, packedIn: ByteSlice(region), swapped: scalar.swapped))
    } catch {
      throw .damaged(error.problem)
    }
  }

  private func read(_ type: hid_t, into target: UnsafeMutableRawPointer?) -> Bool {
    H5Dread(id, type, cka_h5_all(), cka_h5_all(), cka_h5_default(), target) >= 0
  }

  /// What variable-length strings take in memory; many may share one long string of the file.
  private func heapBytes(type: hid_t, space: hid_t, limit: Int) throws(Unread) -> Int {
    guard H5Tis_variable_str(type) > 0 else { return 0 }
    var bytes: hsize_t = 0
    guard H5Dvlen_get_buf_size(id, type, space, &bytes) >= 0, bytes <= hsize_t(limit) else {
      throw .damaged("its strings cannot be read")
    }
    return Int(bytes)
  }

  private func strings(
    type: hid_t, space: hid_t, count: Int, size: Int
  ) throws(Unread) -> [String] {
    guard H5Tis_variable_str(type) > 0 else {
      return try fixedStrings(type: type, count: count, size: size)
    }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: max(count, 1))
    defer { _ = H5Dvlen_reclaim(type, space, cka_h5_default(), &pointers) }
    let isRead = pointers.withUnsafeMutableBytes { read(type, into: $0.baseAddress) }
    guard isRead else { throw .damaged("its strings cannot be read") }
    return pointers.prefix(count).map { pointer in
      // libhdf5 ends a variable-length string with a NUL; a null pointer is an empty one.
      pointer.map { String(cString: $0) } ?? ""
    }
  }

  private func fixedStrings(type: hid_t, count: Int, size: Int) throws(Unread) -> [String] {
    guard size > 0 else { throw .damaged("strings without a size") }
    var bytes = [UInt8](repeating: 0, count: count * size)
    let isRead = bytes.withUnsafeMutableBytes { read(type, into: $0.baseAddress) }
    guard isRead || count == 0 else { throw .damaged("its strings cannot be read") }
    let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
    return (0..<count).map { index in
      var text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
      while isSpacePadded, text.last == UInt8(ascii: " ") { text.removeLast() }
      return String(decoding: text, as: UTF8.self)
    }
  }
}

/// The element type of a dataset, where it is one of ours.
private struct HDF5Type {
  let type: ScalarType
  let swapped: Bool

  init?(_ id: hid_t) {
    switch H5Tget_class(id) {
    case H5T_INTEGER:
      guard let type = Self.integer(id) else { return nil }
      self.type = type
    case H5T_FLOAT:
      guard let type = Self.real(id) else { return nil }
      self.type = type
    case H5T_ENUM:
      // h5py writes a bool as an enumeration of FALSE and TRUE in one byte.
      guard H5Tget_size(id) == 1, H5Tget_nmembers(id) == 2 else { return nil }
      self.type = .bool
    default: return nil
    }
    switch H5Tget_order(id) {
    case H5T_ORDER_LE: swapped = false
    case H5T_ORDER_BE: swapped = true
    default:
      guard type.size == 1 else { return nil }
      swapped = false
    }
  }

  private static func integer(_ id: hid_t) -> ScalarType? {
    let size = H5Tget_size(id)
    guard H5Tget_precision(id) == size * 8, H5Tget_offset(id) == 0 else { return nil }
    return switch (size, H5Tget_sign(id) == H5T_SGN_NONE) {
    case (1, false): .int8
    case (2, false): .int16
    case (4, false): .int32
    case (8, false): .int64
    case (1, true): .uint8
    case (2, true): .uint16
    case (4, true): .uint32
    case (8, true): .uint64
    default: nil
    }
  }

  /// IEEE types by the place of their fields, so that h5py's float16 is known too.
  private static func real(_ id: hid_t) -> ScalarType? {
    var sign = 0
    var exponent = 0
    var exponentSize = 0
    var fraction = 0
    var fractionSize = 0
    guard
      H5Tget_fields(id, &sign, &exponent, &exponentSize, &fraction, &fractionSize) >= 0,
      fraction == 0, exponent == fractionSize, sign == fractionSize + exponentSize,
      H5Tget_precision(id) == H5Tget_size(id) * 8
    else { return nil }
    return switch (H5Tget_size(id), exponentSize, fractionSize, H5Tget_ebias(id)) {
    case (2, 5, 10, 15): .float16
    case (2, 8, 7, 127): .bfloat16
    case (4, 8, 23, 127): .float32
    case (8, 11, 52, 1023): .float64
    default: nil
    }
  }
}
