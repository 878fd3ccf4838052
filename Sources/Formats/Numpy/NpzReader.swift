import Core

/// Reads numpy's `.npz`: a zip archive of `.npy` members, as a dictionary of arrays.
enum NpzReader {
  /// Every array of `archive` under its name without `.npy`; other members are passed over with a
  /// warning.
  static func read(_ archive: ZipArchive) throws(FormatError) -> ReadValue {
    var entries: [(key: Value, value: Value)] = []
    var result = ReadValue(value: .none, format: .npz)
    var texts = 0
    for member in archive.members {
      let shown = SafeText.sanitise(member.name)
      guard member.name.hasSuffix(".npy") else {
        result.warnings.append(.noArray(member: shown))
        continue
      }
      let content = try archive.content(of: member)
      let (value, trailing) = try NpyReader.array(in: content, source: "member '\(shown)'")
      // `numpy.savez` pickles a dictionary; what else holds objects should have been an array.
      guard !value.isObjectList else {
        throw FormatError(
          .unsafe, "the array holds Python objects", at: "member '\(shown)'",
          remedy: "save names as texts, such as numpy.array(names, dtype=str), and numbers as "
            + "float32")
      }
      if case .strings(let strings, _) = value { texts += strings.count }
      guard texts <= NumpyType.mostTexts else {
        throw FormatError(
          .tooLarge, "the archive holds more than \(NumpyType.mostTexts) texts",
          at: "member '\(shown)'")
      }
      if trailing > 0 {
        result.warnings.append(.bytesAfter("the array '\(shown)'", count: trailing))
      }
      entries.append((.string(String(member.name.dropLast(".npy".count))), value))
    }
    guard !entries.isEmpty else {
      throw FormatError(.empty, "the archive holds no arrays", remedy: "save them with numpy.savez")
    }
    result.value = .dictionary(entries)
    return result
  }
}

extension Value {
  /// Whether an array of Python objects is other than one dictionary.
  fileprivate var isObjectList: Bool {
    switch self {
    case .array, .strings, .dictionary: false
    default: true
    }
  }
}
