/// What Python calls an object that nobody named: `<torch.utils.data.dataloader.DataLoader object at
/// 0x7f12ab34>`. torch_cka names data sets so; the address is another one in each run.
struct ObjectName: Equatable {
  /// The class alone, `DataLoader`, or the text as it is when it is no such name.
  let name: String
  /// The address; nil where there is none.
  let address: String?

  /// The name in `text`.
  init(_ text: String) {
    let mark = " object at 0x"
    guard text.hasPrefix("<"), text.hasSuffix(">"), let place = text.firstRange(of: mark) else {
      (name, address) = (text, nil)
      return
    }
    let digits = text[place.upperBound...].dropLast()
    let kind = text[..<place.lowerBound].dropFirst().split(separator: ".").last
    guard let kind, !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else {
      (name, address) = (text, nil)
      return
    }
    (name, address) = (String(kind), String(digits))
  }

  /// The names of two objects of one run: two of one class stay apart, and one object is itself.
  static func names(_ first: String, _ second: String) -> (String, String) {
    let (a, b) = (ObjectName(first), ObjectName(second))
    guard a.name == b.name, a.address != b.address else { return (a.name, b.name) }
    return (a.name, "\(b.name) (another)")
  }
}
