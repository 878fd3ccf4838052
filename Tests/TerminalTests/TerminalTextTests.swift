import Testing

@testable import Terminal

@Suite struct TerminalTextTests {
  @Test func theClipboardTakesTextThatTerminalsTake() {
    #expect(TerminalText.clipboard("0.8732") == "\u{1B}]52;c;MC44NzMy\u{7}")
    #expect(TerminalText.clipboard(String(repeating: "x", count: 60_000)) == nil)
  }

  @Test(arguments: [
    ("\u{1B}[m\u{F}$<2>", "\u{1B}[m\u{F}"), ("$<5/>a$<3*>b", "ab"), ("a$<", "a"), ("$5", "$5"),
  ])
  func delaysAreLeftOut(_ capability: String, _ expected: String) {
    #expect(TerminalText.withoutDelays(capability) == expected)
  }
}
