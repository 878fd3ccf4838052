/// What the text of an option means, and what Python is given for it.
public enum OptionValue: Sendable, Equatable {
  /// `none`: Python's `None`.
  case none
  /// `true` or `false`.
  case truth(Bool)
  /// Digits, with a sign or without, that fit in 64 bits.
  case whole(Int)
  /// Any other decimal number, `inf` and `nan`.
  case number(Double)
  /// All else.
  case text(String)

  /// Capitals do not matter in words. Unlike Python's own numbers, these have no underscores and no
  /// blanks: `1_000` is a text.
  public init(_ text: String) {
    let lowered = text.lowercased()
    switch lowered {
    case "none": self = .none
    case "true", "false": self = .truth(lowered == "true")
    case "inf", "+inf", "infinity", "+infinity": self = .number(.infinity)
    case "-inf", "-infinity": self = .number(-.infinity)
    case "nan", "+nan", "-nan": self = .number(.nan)
    default:
      if text.wholeMatch(of: #/[+-]?[0-9]+/#) != nil, let number = Int(text) {
        self = .whole(number)
      } else if text.wholeMatch(of: #/[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?/#) != nil,
        let number = Double(text.last == "." ? text + "0" : text), number.isFinite
      {
        self = .number(number)
      } else {
        self = .text(text)
      }
    }
  }

  /// Whether Python takes it for true: anything but `none`, `false`, 0 and the empty text.
  public var isTrue: Bool {
    switch self {
    case .none: false
    case .truth(let truth): truth
    case .whole(let number): number != 0
    case .number(let number): number != 0
    case .text(let text): !text.isEmpty
    }
  }
}
