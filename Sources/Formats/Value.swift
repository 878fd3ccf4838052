import CKACore

/// What a file says, before anyone asks whether it is a CKA result: the common tongue of all readers.
///
/// Strings are raw here: they are made safe to show when a `Comparison` is built from them.
indirect enum Value {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case bytes(ByteSlice)
  case list([Value])
  case tuple([Value])
  /// Entries in file order; keys may be any value, and readers refuse duplicates.
  case dictionary([(key: Value, value: Value)])
  case array(NDArray)
  /// An array of text (numpy `<U12`), row-major.
  case strings([String], shape: [Int])
}

/// A part of a region; nothing is copied.
struct ByteSlice {
  let region: ByteRegion
  let range: Range<Int>

  /// The bytes, valid while `region` lives.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: region.bytes[range]) }
}

/// An n-dimensional numeric array over bytes as they stand in a file.
///
/// Every element that shape and strides reach lies inside the region: `init` checks it.
struct NDArray {
  let type: ScalarType
  let shape: [Int]
  /// Bytes from an element to the next along each axis; may be 0 or negative.
  let strides: [Int]
  let region: ByteRegion
  /// Byte offset of the first element.
  let offset: Int
  /// The elements are big-endian.
  let swapped: Bool

  /// Number of elements; `init` checked that it does not overflow.
  var count: Int { shape.reduce(1, *) }
}
