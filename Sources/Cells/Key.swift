/// A key as the keyboard's user thinks of it.
public enum Key: Sendable, Hashable {
  /// A character that was typed, shift already applied.
  case character(Unicode.Scalar)
  /// Control and a lower-case letter.
  case control(Unicode.Scalar)
  /// Alt (or Escape before) and a character.
  case alt(Unicode.Scalar)
  /// F1 to F12.
  case function(Int)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case shiftUp, shiftDown, shiftLeft, shiftRight
}

/// What a mouse did, in cells from the upper left corner.
public struct MouseEvent: Sendable, Hashable {
  /// Which action.
  public enum Action: Sendable, Hashable {
    /// The left button went down.
    case press
    /// The left button was pressed twice in quick succession.
    case doublePress
    /// The wheel turned away from the user, and towards them.
    case wheelUp, wheelDown
  }
  /// Which action.
  public var action: Action
  /// Column.
  public var x: Int
  /// Row.
  public var y: Int

  /// A mouse action at (x, y).
  public init(_ action: Action, x: Int, y: Int) {
    self.action = action
    self.x = x
    self.y = y
  }
}

/// What a terminal reports.
public enum InputEvent: Sendable, Hashable {
  /// A key was pressed.
  case key(Key)
  /// The mouse was used.
  case mouse(MouseEvent)
  /// Text was pasted: one line, without control characters.
  case paste(String)
  /// The screen has a new size.
  case resize(Size)
  /// The program goes on after it was stopped (^Z, `fg`); the screen has been painted over.
  case resumed
  /// The terminal is gone; nothing will ever be read from it again.
  case hangup
}

extension Key {
  private static let names: [(String, Key)] = [
    ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("S-Tab", .backTab),
    ("Backspace", .backspace), ("Del", .delete), ("Ins", .insert), ("Up", .up), ("Down", .down),
    ("Left", .left), ("Right", .right), ("Home", .home), ("End", .end), ("PgUp", .pageUp),
    ("PgDn", .pageDown), ("S-Up", .shiftUp), ("S-Down", .shiftDown), ("S-Left", .shiftLeft),
    ("S-Right", .shiftRight), ("Space", .character(" ")),
  ]

  /// The key as help, footer and `--keys` write it: `q`, `C-l`, `M-x`, `F1`, `Enter`, `Space`.
  public var name: String {
    if let named = Self.names.first(where: { $0.1 == self }) { return named.0 }
    switch self {
    case .character(let scalar): return String(Character(scalar))
    case .control(let scalar): return "C-\(scalar)"
    case .alt(let scalar): return "M-\(scalar)"
    case .function(let number): return "F\(number)"
    default: return "?"
    }
  }

  /// The key that `name` writes, or nil.
  public init?(name: String) {
    if let named = Self.names.first(where: { $0.0.lowercased() == name.lowercased() }) {
      self = named.1
      return
    }
    let scalars = Array(name.unicodeScalars)
    if scalars.count == 1 {
      self = .character(scalars[0])
    } else if scalars.count == 3, name.hasPrefix("C-") {
      self = .control(scalars[2])
    } else if scalars.count == 3, name.hasPrefix("M-") {
      self = .alt(scalars[2])
    } else if name.hasPrefix("F"), let number = Int(name.dropFirst()), (1...12).contains(number) {
      self = .function(number)
    } else {
      return nil
    }
  }
}
