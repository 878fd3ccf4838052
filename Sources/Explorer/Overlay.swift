import Cells
import Core

/// What stands in front of the panes and takes the keys.
public enum Overlay: Sendable, Equatable {
  /// A line to type into.
  case prompt(Prompt)
  /// A list to choose from.
  case chooser(Chooser)
  /// The grid of model pairs.
  case pairs(PairPicker)
  /// The jobs in the background.
  case jobs(JobsBoard)
  /// The form that starts a comparison: `State.form`.
  case form
  /// The layers to freeze.
  case freeze(FreezeView)
  /// The help, generated from the command table.
  case help(Reader)
  /// Text about the result on the screen, or the files that could not be read.
  case text(Reader)
}

/// A line of text being typed, with a cursor.
public struct LineEditor: Sendable, Equatable {
  /// What has been typed.
  public var text: String
  /// Characters before the cursor.
  public var cursor: Int

  /// A line that starts as `text`, cursor at its end.
  public init(_ text: String = "") {
    self.text = text
    cursor = text.count
  }

  /// Applies a key; false when the key is none of an editor's.
  mutating func apply(_ key: Key) -> Bool {
    switch key {
    case .character(let scalar): insert(scalar)
    case .backspace: delete(before: true)
    case .delete: delete(before: false)
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(text.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = text.count
    case .control("u"):
      text = String(text.dropFirst(cursor))
      cursor = 0
    case .control("k"): text = String(text.prefix(cursor))
    case .control("w"): deleteWord()
    default: return false
    }
    return true
  }

  /// Inserts pasted text at the cursor.
  mutating func paste(_ text: String) {
    for scalar in SafeText.sanitise(text).unicodeScalars { insert(scalar) }
  }

  private mutating func insert(_ scalar: Unicode.Scalar) {
    guard text.unicodeScalars.count < SafeText.longestName else { return }
    text.insert(Character(scalar), at: text.index(text.startIndex, offsetBy: cursor))
    cursor = min(text.count, cursor + 1)
  }

  private mutating func delete(before: Bool) {
    let position = before ? cursor - 1 : cursor
    guard position >= 0, position < text.count else { return }
    text.remove(at: text.index(text.startIndex, offsetBy: position))
    if before { cursor -= 1 }
  }

  private mutating func deleteWord() {
    while cursor > 0, text[text.index(text.startIndex, offsetBy: cursor - 1)] == " " {
      delete(before: true)
    }
    while cursor > 0, text[text.index(text.startIndex, offsetBy: cursor - 1)] != " " {
      delete(before: true)
    }
  }
}

/// A question on the bottom line.
public struct Prompt: Sendable, Equatable {
  /// What the answer is for.
  public enum Purpose: Sendable, Equatable {
    /// Move the crosshair to a layer whose name holds the text.
    case findLayer
    /// Narrow the results list.
    case searchResults
    /// Hide layers.
    case filter
    /// Set the colours' range.
    case range
    /// Save the form as a recipe.
    case saveRecipe
    /// Fill the form in from a recipe.
    case openRecipe
  }
  /// What the answer is for.
  public var purpose: Purpose
  /// The answer so far.
  public var line: LineEditor
  /// What is wrong with it, or what it finds.
  public var hint = ""
  /// The hint is why the answer was refused.
  var isRefused = false
  /// The filter or search before, which Esc restores; the name of a recipe that is there
  /// already.
  var original = ""
  /// Where the crosshair was before, which Esc restores.
  var crosshair = Crosshair()

  /// The form is behind it, and takes the keys again after it.
  var isOfForm: Bool { purpose == .saveRecipe || purpose == .openRecipe }

  /// The words before the line.
  var label: String {
    switch purpose {
    case .findLayer: "find layer: "
    case .searchResults: "search results: "
    case .filter: "show layers: "
    case .range: "colour range: "
    case .saveRecipe: "save as recipe: "
    case .openRecipe: "open recipe: "
    }
  }
}

/// A list with a search line: commands, or models.
public struct Chooser: Sendable, Equatable {
  /// What a choice does.
  public enum Purpose: Sendable, Equatable {
    /// Run a command.
    case command
    /// Show another model on the rows.
    case rows
    /// Show another model on the columns.
    case columns
    /// Subtract another result.
    case difference
  }
  /// A line of the list.
  public struct Item: Sendable, Equatable {
    /// The words to match.
    public var title: String
    /// What tells more of it, to match as well.
    public var note = ""
    /// Keys or remarks, right-aligned.
    public var detail: String
    /// A command's name, or a model's position in the grid.
    var value: String
    /// It can be chosen now.
    var isEnabled = true
  }
  /// What a choice does.
  public var purpose: Purpose
  /// Everything on offer.
  public var items: [Item]
  /// What the list is narrowed to.
  public var line = LineEditor()
  /// The chosen line among those that match.
  public var cursor = 0

  /// The items that match every word typed, in order; those whose title begins so come first.
  public var matches: [Item] {
    let words = line.text.lowercased().split(separator: " ")
    guard !words.isEmpty else { return items }
    let hits = items.filter { item in
      let text = (item.title + " " + item.note + " " + item.value).lowercased()
      return words.allSatisfy { text.contains($0) }
    }
    let first = hits.filter { $0.title.lowercased().hasPrefix(words[0]) }
    return first + hits.filter { !$0.title.lowercased().hasPrefix(words[0]) }
  }
}

/// Lines of text to scroll through and search.
public struct Reader: Sendable, Equatable {
  /// What it is about.
  public var title: String
  /// The text.
  public var lines: [String]
  /// First line shown.
  public var top = 0
  /// What the lines are narrowed to.
  public var line = LineEditor()

  /// `line` in pieces of at most `width` cells, broken at blanks where there are some; those after
  /// the first are indented as it is, or by `indent`. Where there is no room at all, they are cut
  /// as if there were one cell.
  static func fold(_ line: String, width: Int, indent: Int? = nil) -> [String] {
    let width = max(1, width)
    guard TextWidth.width(of: line) > width else { return [line] }
    let blanks = indent ?? line.prefix { $0 == " " }.count
    let indent = String(repeating: " ", count: min(blanks, width / 2))
    var pieces: [String] = []
    var piece = ""
    for character in line {
      if TextWidth.width(of: piece + String(character)) > width {
        // Not at a blank that would leave half of the line empty.
        let blank = character == " " ? piece.endIndex : piece.lastIndex(of: " ")
        let cut = blank.flatMap { piece[..<$0].count >= width / 2 ? $0 : nil } ?? piece.endIndex
        pieces.append(String(piece[..<cut]))
        piece = indent + piece[cut...].drop { $0 == " " }
        if character == " " { continue }
      }
      piece.append(character)
    }
    return pieces + [piece]
  }

  /// The lines that hold what was typed.
  public var matches: [String] {
    let words = line.text.lowercased().split(separator: " ")
    guard !words.isEmpty else { return lines }
    return lines.filter { text in words.allSatisfy { text.lowercased().contains($0) } }
  }

  /// A line on the screen.
  struct Row: Equatable {
    /// Keys of the help, or nothing.
    var key = ""
    /// Where the text begins.
    var indent = 0
    var text: String
    var isHeading = false
  }

  /// What is read in a window of `width` cells: the help's lines are wrapped beside their keys.
  func rows(width: Int) -> [Row] {
    let column = width < 60 ? 12 : 20
    return matches.flatMap { line -> [Row] in
      let isHeading = !line.hasPrefix(" ")
      guard title == "Help", !isHeading, line.count > 20 else {
        return [Row(text: line, isHeading: isHeading)]
      }
      let key = String(line.prefix(20).reversed().drop { $0 == " " }.reversed())
      let texts = State.wrap(String(line.dropFirst(20)), width: width - column + 2).map {
        $0.drop { $0 == " " }
      }
      var rows = texts.map { Row(indent: column, text: String($0)) }
      if key.count < column, !rows.isEmpty {
        rows[0].key = key
      } else {
        rows.insert(Row(key: key, text: ""), at: 0)
      }
      return rows
    }
  }
}
