import CHDF5
import Core

/// The element type of a dataset, where it is one of ours.
struct HDF5Type: Equatable {
  let type: ScalarType
  let swapped: Bool

  /// The type of elements that were described elsewhere.
  init(type: ScalarType, swapped: Bool) {
    self.type = type
    self.swapped = swapped
  }

  /// The element type that libhdf5 calls `id`; nil for what is no plain number.
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
