import Cells
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
  /// The keys of `text`, all of which is waiting at once.
  private func keys(_ text: String) -> [String] {
    var decoder = KeyDecoder()
    let keys = text.unicodeScalars.flatMap { decoder.decode(.character($0.value)) }
    return (keys + decoder.finish()).map(\.name)
  }

  @Test(arguments: [
    ("q", ["q"]), ("G", ["G"]), ("é", ["é"]), (" ", ["Space"]), ("世", ["世"]),
    ("\t", ["Tab"]), ("\r", ["Enter"]), ("\n", ["Enter"]), ("\u{7F}", ["Backspace"]),
    ("\u{8}", ["Backspace"]), ("\u{3}", ["C-c"]), ("\u{1A}", ["C-z"]), ("\u{C}", ["C-l"]),
    ("\u{0}", []), ("\u{1F}", []), ("\u{9B}", []),
    ("abc", ["a", "b", "c"]),
    ("\u{1B}", ["Esc"]), ("\u{1B}\u{1B}", ["Esc", "Esc"]),
    ("\u{1B}x", ["M-x"]), ("\u{1B}x\u{1B}", ["M-x", "Esc"]), ("\u{1B}\r", ["Enter"]),
    ("\u{1B}[", ["M-["]), ("\u{1B}O", ["M-O"]),
  ])
  func characters(_ typed: String, _ expected: [String]) {
    #expect(keys(typed) == expected)
  }

  @Test(
    "A sequence that nobody knows is swallowed whole: its letters are commands",
    arguments: ["\u{1B}[15;9u", "\u{1B}[?62;22c", "\u{1B}[200~", "\u{1B}Oq"])
  func unknownSequences(_ sequence: String) {
    #expect(keys(sequence + "j") == ["j"])
  }

  @Test func aSequenceWithoutEndDoesNotSwallowEverything() {
    let endless = "\u{1B}[" + String(repeating: "1", count: 200)
    #expect(keys(endless).count > 100)
  }

  @Test func everySequenceMeansAKey() {
    for (bytes, code) in KeySequence.all {
      #expect(KeyDecoder.key(.code(code)) != nil, "\(bytes.dropFirst())")
    }
  }

  @Test func noSequenceIsThereTwice() {
    let all = KeySequence.all.map(\.bytes)
    #expect(Set(all).count == all.count)
  }

  @Test func codesThatMeanNothingAreDropped() {
    #expect(KeyDecoder.key(.code(0o777)) == nil)
    #expect(KeyDecoder.key(.code(-1)) == nil)
  }
}
