import Testing

@testable import Core

@Suite struct SafeTextTests {
  @Test(
    "In JSON, what steers a terminal is escaped, and everything means the same",
    arguments: [
      ("{\n  \"a\" : 1\n}", "{\n  \"a\" : 1\n}"), ("\"é 模型 🙂\"", "\"é 模型 🙂\""),
      ("\"\u{9B}31m\u{85}\"", "\"\\u009b31m\\u0085\""),
      ("\"\u{202E}a\u{2066}\u{7F}\"", "\"\\u202ea\\u2066\\u007f\""),
      ("\"\u{E0041}\"", "\"\\udb40\\udc41\""),
    ])
  func escapesJSON(_ json: String, _ safe: String) {
    #expect(SafeText.escaped(json: json) == safe)
    #expect(SafeText.escaped(json: safe) == safe)
  }

  @Test(arguments: [
    "", "layer4.1.conv2", "ResNet-18 (same)", "\\u{1B}", "Teacher «4»", "模型", "Ω-net", "🙂", "a b",
    "Straße", "модель", "日本語", "한국어",
  ])
  func leavesHarmlessTextAlone(text: String) {
    #expect(Array(SafeText.sanitise(text).unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test(arguments: [
    ("\u{1B}[2J\u{1B}]0;title\u{7}", "\\u{1B}[2J\\u{1B}]0;title\\u{7}"),
    ("a\nb\rc\td", "a\\nb\\rc\\td"),
    ("a\r\nb", "a\\r\\nb"),
    ("\u{0}\u{7F}\u{9B}31m", "\\u{0}\\u{7F}\\u{9B}31m"),
    ("line\u{2028}para\u{2029}", "line\\u{2028}para\\u{2029}"),
    ("abc\u{202E}fed\u{2066}", "abc\\u{202E}fed\\u{2066}"),
    ("\u{200E}\u{200F}\u{61C}", "\\u{200E}\\u{200F}\\u{61C}"),
    ("zero\u{200B}width\u{FEFF}", "zero\\u{200B}width\\u{FEFF}"),
    ("👩\u{200D}💻", "👩\\u{200D}💻"),
    ("❤\u{FE0F}", "❤\\u{FE0F}"),
    ("soft\u{AD}hyphen\u{3164}", "soft\\u{AD}hyphen\\u{3164}"),
    ("\u{E000}\u{F8FF}", "\\u{E000}\\u{F8FF}"),
    ("\u{E0041}\u{E007F}", "\\u{E0041}\\u{E007F}"),
    ("\u{FFFE}\u{10FFFF}", "\\u{FFFE}\\u{10FFFF}"),
    ("\u{301}alone", "\\u{301}alone"),
    ("x\u{301}\u{302}\u{303}", "x\\u{301}\\u{302}\\u{303}"),
    ("e\u{301}\u{20DD}", "é\\u{20DD}"),
  ])
  func showsWhatIsHarmful(text: String, shown: String) {
    #expect(Array(SafeText.sanitise(text).unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test(arguments: [
    ("e\u{301}", "\u{E9}"), ("A\u{30A}", "\u{C5}"), ("e\u{302}\u{301}", "\u{1EBF}"),
    ("и\u{306}", "\u{439}"), ("ε\u{301}", "\u{3AD}"), ("か\u{3099}", "\u{304C}"),
    ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("\u{1100}\u{1161}", "\u{AC00}"),
  ])
  func composesLettersAndTheirMarks(text: String, composed: String) {
    #expect(Array(SafeText.sanitise(text).unicodeScalars) == Array(composed.unicodeScalars))
  }

  @Test func leavesTheMiddleOfALongNameOut() {
    let name = String(repeating: "a", count: 2500) + String(repeating: "z", count: 2500)
    let short = SafeText.sanitise(name)
    #expect(short.unicodeScalars.count == SafeText.longestName)
    #expect(short.hasPrefix("aaaa") && short.hasSuffix("zzzz") && short.contains("a…z"))
    let longest = String(name.prefix(SafeText.longestName))
    #expect(SafeText.sanitise(longest) == longest)
    #expect(SafeText.sanitise(longest + "b").contains("…"))
  }

  @Test func boundsTheLengthOfEscapesToo() {
    let text = SafeText.sanitise(String(repeating: "\u{1B}", count: 5000))
    #expect(text.unicodeScalars.count == SafeText.longestName)
    let marks = SafeText.sanitise("e" + String(repeating: "\u{301}", count: 5000))
    #expect(marks.unicodeScalars.count == SafeText.longestName)
    #expect(marks.hasPrefix("é\\u{301}"))
  }

  @Test func changesNothingTwice() {
    // Every scalar of the first two planes, beside its neighbours.
    for start in stride(from: UInt32(0), to: 0x2_0000, by: 100) {
      var text = ""
      text.unicodeScalars.append(contentsOf: (start..<start + 100).compactMap(Unicode.Scalar.init))
      let once = SafeText.sanitise(text)
      let twice = SafeText.sanitise(once)
      guard once.utf8.elementsEqual(twice.utf8) else {
        Issue.record("text from U+\(String(start, radix: 16)) changes when sanitised again")
        return
      }
    }
  }
}
