import Core

/// What a file says, before anyone asks whether it is a CKA result: the common tongue of all
/// readers.
///
/// Strings are raw here: they are made safe to show when a `Comparison` is built from them.
enum Value {
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
  /// Indirect, so that the far more frequent numbers and texts stay small.
  indirect case array(NDArray)
  /// An array of text (numpy `<U12`), row-major.
  case strings([String], shape: [Int])
}
