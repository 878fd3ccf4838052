import Core

/// Reads a safetensors file as the dictionary that torch_cka exports: tensors by name, and the
/// metadata's strings beside them (`model1_layers` and `model2_layers` hold JSON lists).
enum SafetensorsReader {
  /// The dictionary in `region`.
  static func read(region: ByteRegion) throws(FormatError) -> ReadValue {
    read(try SafetensorsFile(region: region))
  }

  /// The dictionary that `file` spells.
  static func read(_ file: SafetensorsFile) -> ReadValue {
    var entries = file.tensors.map { (key: Value.string($0.name), value: Value.array($0.array)) }
    var warnings: [ResultNote] = []
    for (key, text) in file.metadata where file.tensor(key) == nil {
      var value = Value.string(text)
      if key.hasSuffix("_layers") {
        do throws(FormatError) {
          value = try JSONReader.value(of: text)
        } catch {
          warnings.append(.noNameList(key: SafeText.sanitise(key)))
        }
      }
      entries.append((.string(key), value))
    }
    return ReadValue(value: .dictionary(entries), format: .safetensors, warnings: warnings)
  }
}
