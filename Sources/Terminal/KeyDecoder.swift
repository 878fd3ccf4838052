import CNcurses
import Cells

/// Turns what ncurses reads (characters, and codes of keys it recognised) into keys.
///
/// Feed it everything that is waiting, then call `finish()`: an Escape with nothing behind it is
/// the key, with a character behind it the Alt key.
struct KeyDecoder {
  /// One thing read.
  enum Input {
    /// A character, as typed.
    case character(UInt32)
    /// A `KEY_` code.
    case code(Int32)
  }

  private enum Pending {
    case nothing
    case escape
    /// Inside `CSI` or `SS3`, a sequence that nobody knows: swallowed, so that its letters are not
    /// taken for commands.
    case sequence(introducer: UInt32, length: Int)
  }
  private var pending = Pending.nothing

  /// The keys that `input` completes, in order.
  mutating func decode(_ input: Input) -> [Key] {
    switch (pending, input) {
    case (.nothing, .character(0x1B)):
      pending = .escape
      return []
    case (.nothing, _):
      return [Self.key(input)].compactMap { $0 }
    case (.escape, .character(0x1B)):
      return [.escape]
    case (.escape, .character(let scalar)) where scalar == 0x5B || scalar == 0x4F:
      pending = .sequence(introducer: scalar, length: 0)
      return []
    case (.escape, .character(let value)):
      pending = .nothing
      return [Self.altKey(value)].compactMap { $0 }
    case (.escape, .code):
      pending = .nothing
      return [Self.key(input)].compactMap { $0 }
    case (.sequence(let introducer, let length), .character(let scalar)):
      let isFinal = introducer == 0x4F || (0x40...0x7E).contains(scalar) || length >= 64
      pending = isFinal ? .nothing : .sequence(introducer: introducer, length: length + 1)
      return []
    case (.sequence, .code):
      pending = .nothing
      return [Self.key(input)].compactMap { $0 }
    }
  }

  /// The key that was typed last, now that nothing follows it.
  mutating func finish() -> [Key] {
    defer { pending = .nothing }
    switch pending {
    case .nothing: return []
    case .escape: return [.escape]
    case .sequence(let introducer, 0): return [Self.altKey(introducer)].compactMap { $0 }
    case .sequence: return []
    }
  }

  /// The key of one character or code, nil for one that means nothing here.
  static func key(_ input: Input) -> Key? {
    switch input {
    case .code(let code): return key(code: code)
    case .character(let value): return key(character: value)
    }
  }

  private static func altKey(_ value: UInt32) -> Key? {
    guard let key = key(character: value) else { return nil }
    guard case .character(let scalar) = key else { return key }
    return .alt(scalar)
  }

  private static func key(character value: UInt32) -> Key? {
    switch value {
    case 0x09: return .tab
    case 0x0A, 0x0D: return .enter
    case 0x1B: return .escape
    case 0x08, 0x7F: return .backspace
    case 0x01...0x1A: return Unicode.Scalar(value + 0x60).map(Key.control)
    case 0x00, 0x1C...0x1F, 0x80...0x9F: return nil
    default: return Unicode.Scalar(value).map(Key.character)
    }
  }

  private static func key(code: Int32) -> Key? {
    if (KEY_F0 + 1...KEY_F0 + 12).contains(code) { return .function(Int(code - KEY_F0)) }
    return codes[code]
  }

  private static let codes: [Int32: Key] = [
    KEY_ENTER: .enter, KEY_BTAB: .backTab, KEY_BACKSPACE: .backspace, KEY_DC: .delete,
    KEY_IC: .insert, KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right,
    KEY_HOME: .home, KEY_FIND: .home, KEY_A1: .home, KEY_END: .end, KEY_SELECT: .end,
    KEY_C1: .end, KEY_PPAGE: .pageUp, KEY_A3: .pageUp, KEY_NPAGE: .pageDown, KEY_C3: .pageDown,
    KEY_SR: .shiftUp, KEY_SF: .shiftDown, KEY_SLEFT: .shiftLeft, KEY_SRIGHT: .shiftRight,
    KEY_SHOME: .home, KEY_SEND: .end, KEY_SPREVIOUS: .pageUp, KEY_SNEXT: .pageDown,
    KEY_SDC: .delete, KEY_SIC: .insert,
    // The Linux console's entry has a key of this name, which is ^Z.
    KEY_SUSPEND: .control("z"),
  ]
}
