import CHDF5

/// What MATLAB says of the datasets that it writes (`save -v7.3`).
///
/// MATLAB's first axis runs fastest, HDF5's last one does: MATLAB writes its bytes as they are and
/// the lengths of the axes the other way round. Whoever reads the file with another library sees
/// every array transposed, and only the attribute `MATLAB_class` tells.
enum MATLABClass {
  /// Whether the dataset `id` is an array of numbers that MATLAB wrote.
  static func isNumeric(_ id: hid_t) -> Bool { name(id).map(numeric.contains) ?? false }

  /// What else MATLAB wrote in the dataset `id`; nil for numbers, and for what it did not write.
  static func stranger(_ id: hid_t) -> String? {
    guard let name = name(id) else { return nil }
    if has("MATLAB_empty", id) { return "empty" }
    return switch name {
    case "char": "MATLAB text"
    case "cell": "a MATLAB cell array"
    case "function_handle": "a MATLAB function"
    default: numeric.contains(name) ? nil : "a MATLAB object"
    }
  }

  /// Whether the dataset `id` stands for an array without elements.
  static func isEmpty(_ id: hid_t) -> Bool { has("MATLAB_empty", id) }

  /// Whether the group `id` is a sparse matrix.
  static func isSparse(_ id: hid_t) -> Bool { has("MATLAB_sparse", id) }

  private static let numeric: Set<String> = [
    "single", "double", "logical", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64",
  ]

  private static func has(_ attribute: String, _ id: hid_t) -> Bool { H5Aexists(id, attribute) > 0 }

  /// The class that MATLAB gives the dataset `id`; nil where it did not write it.
  static func name(_ id: hid_t) -> String? {
    guard has("MATLAB_class", id) else { return nil }
    let attribute = HDF5Handle(H5Aopen(id, "MATLAB_class", cka_h5_default()))
    var room = HDF5Room(most: 1 << 10, fileSize: 1 << 10)
    guard attribute.isValid,
      let value = try? HDF5Values(attribute: attribute.id).value(&room)
    else { return nil }
    if case .strings(let texts, _) = value { return texts.first }
    return value.text
  }
}
