import Cells
import Core
import Testing
import TestSupport

@testable import Explorer

@Suite("Editing a line")
struct LineEditorTests {
  /// The line after `keys`, its cursor shown as a bar.
  private static func edit(_ text: String, _ keys: String) -> String {
    var line = LineEditor(text)
    for name in keys.split(separator: " ") {
      let isKnown = Key(name: String(name)).map { line.apply($0) }
      #expect(isKnown == true, "\(name)")
    }
    return "\(line.text.prefix(line.cursor))|\(line.text.dropFirst(line.cursor))"
  }

  @Test(
    "keys do what they do in a shell",
    arguments: [
      ("", "a b c", "abc|"), ("abc", "Left", "ab|c"), ("abc", "Left Left Right", "ab|c"),
      ("abc", "Home", "|abc"), ("abc", "C-a x", "x|abc"), ("abc", "Home End", "abc|"),
      ("abc", "C-a C-e", "abc|"), ("abc", "Left x", "abx|c"), ("abc", "Backspace", "ab|"),
      ("abc", "Left Left Backspace", "|bc"), ("abc", "Home Backspace", "|abc"),
      ("abc", "Home Del", "|bc"), ("abc", "Del", "abc|"), ("abc", "Left C-u", "|c"),
      ("abc", "Left C-k", "ab|"), ("two words", "C-w", "two |"), ("two words  ", "C-w", "two |"),
      ("two words", "C-w C-w", "|"), ("", "C-w C-u C-k Del Backspace Left Right", "|"),
      ("層🦊", "Left Backspace", "|🦊"), ("a b", "Left Space", "a |b"),
    ])
  func keys(text: String, keys: String, result: String) {
    // A blank typed before the b of "a b" makes two.
    #expect(Self.edit(text, keys) == (keys == "Left Space" ? "a  |b" : result))
  }

  @Test("other keys are not the editor's")
  func others() {
    var line = LineEditor("abc")
    for key in [Key.enter, .escape, .tab, .up, .function(1), .control("x"), .alt("b")] {
      let isTaken = line.apply(key)
      #expect(!isTaken && line == LineEditor("abc"))
    }
  }

  @Test("a line is no longer than a name")
  func limit() {
    var line = LineEditor()
    for _ in 0..<2000 { _ = line.apply(.character("x")) }
    #expect(line.text.count == SafeText.longestName)
  }

  @Test("letters that join others never lose the cursor", arguments: 1...8)
  func joining(seed: Int) {
    var noise = Noise(seed: UInt64(seed))
    let scalars: [Unicode.Scalar] = [
      "a", " ", "\u{301}", "\u{1F1E6}", "\u{200D}", "👩", "\u{FE0F}", "가",
    ]
    let keys: [Key] =
      scalars.map { .character($0) } + [.left, .right, .backspace, .delete, .control("w"), .home]
    var line = LineEditor()
    for _ in 0..<500 {
      _ = line.apply(noise.pick(keys))
      #expect((0...line.text.count).contains(line.cursor))
    }
  }
}
