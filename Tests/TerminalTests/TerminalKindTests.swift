import Cells
import Testing

@testable import Terminal

@Suite struct TerminalKindTests {
  private typealias Probe = TerminalKind.Probe

  private static let known: [String: Probe] = [
    "xterm-256color": Probe(isKnown: true, colors: 256, movesCursor: true),
    "xterm": Probe(isKnown: true, colors: 8, movesCursor: true),
    "vt100": Probe(isKnown: true, colors: -1, movesCursor: true),
    "teletype": Probe(isKnown: true, colors: -1, movesCursor: false),
  ]

  private func choose(
    _ environment: [String: String], depth: ColorDepth? = nil
  ) throws(TerminalError) -> TerminalKind {
    try TerminalKind.choose(TerminalOptions(depth: depth, environment: environment)) {
      Self.known[$0] ?? Probe(isKnown: false, colors: -1, movesCursor: false)
    }
  }

  @Test func theSystemsEntryIsTakenWhereItSuffices() throws {
    for term in ["xterm-256color", "xterm", "vt100"] {
      let kind = try choose(["TERM": term])
      #expect(kind.name == term && kind.entry == nil)
    }
  }

  @Test func trueColourIsAlwaysOurOwnEntry() throws {
    let kind = try choose(["TERM": "xterm-256color", "COLORTERM": "truecolor"])
    #expect(kind.entry?.name == kind.name)
    #expect(kind.name == "cka-xterm-256color")
    #expect(kind.color.depth == .trueColor)
  }

  @Test func moreColoursThanTheEntryHasAreOurOwn() throws {
    #expect(try choose(["TERM": "xterm"], depth: .indexed256).entry?.numbers["colors"] == 256)
    #expect(try choose(["TERM": "xterm"], depth: .ansi8).entry == nil)
  }

  @Test(arguments: ["xterm-kitty", "alacritty", "wezterm", "st-256color", "screen.xterm-new"])
  func capableTerminalsWithoutAnEntryAreRescued(_ term: String) throws {
    let kind = try choose(["TERM": term])
    #expect(kind.entry != nil && kind.isXtermLike)
    #expect(kind.color.depth == .trueColor || kind.color.depth == .indexed256)
  }

  @Test(arguments: [
    (nil, "TERM is not set"), ("", "TERM is not set"), ("dumb", "TERM=dumb cannot move its cursor"),
    ("unknown", "TERM=unknown cannot"), ("teletype", "TERM=teletype cannot"),
    ("quux", "TERM=quux is not in this machine's terminfo database"),
    ("../../x", "TERM is not a terminal's name"), ("a\u{1B}[2J", "TERM is not a terminal's name"),
  ])
  func theRestIsRefusedInOneLine(_ term: String?, _ expected: String) throws {
    let error = #expect(throws: TerminalError.self) {
      try choose(term.map { ["TERM": $0] } ?? [:])
    }
    let line = try #require(error?.description)
    #expect(line.hasPrefix(expected))
    #expect(line.contains("TERM=xterm-256color cka"))
    #expect(!line.contains("\n") && !line.contains("\u{1B}"))
  }
}
