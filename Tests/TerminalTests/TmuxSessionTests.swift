import TestSupport
import Testing

@Suite struct TmuxSessionTests {
  @Test func keysReachTheProgramAndItsOutputTheTest() throws {
    let session = try TmuxSession(width: 40, height: 10)
    try session.wait { $0.hasPrefix("$") }
    try session.type("cat")
    try session.wait { _ in try session.state().command == "cat" }
    try session.type("héllo 'world'")
    try session.wait { $0.hasPrefix("$ cat\nhéllo 'world'\nhéllo 'world'\n") }
    try session.send("C-d")
    try session.wait { _ in try session.state().command == "sh" }
  }

  @Test func theWindowHasTheSizeThatWasAsked() throws {
    let session = try TmuxSession(width: 50, height: 12)
    try session.type("stty size")
    try session.wait { $0.contains("12 50") }
    try session.resize(width: 90, height: 30)
    try session.type("stty size")
    try session.wait { $0.contains("30 90") }
  }

  @Test func modesAreSeen() throws {
    let session = try TmuxSession(width: 40, height: 10)
    try session.wait { $0.contains("$") }
    let before = try session.state()
    #expect(!before.isAlternate && !before.hasMouse && before.showsCursor)
    try session.type(#"printf '\033[?1049h\033[?1000h\033[?25l\033[31mred\033[m'"#)
    // The shell echoes the command first, so the word alone does not tell that it has run.
    try session.wait { _ in try session.state().isAlternate }
    try session.wait { $0.contains("red") && !$0.contains("printf") }
    let during = try session.state()
    #expect(during.isAlternate && during.hasMouse && !during.showsCursor)
    #expect(try session.screen(styled: true).contains("\u{1B}[31mred"))
  }

  @Test func waitingEndsWithTheScreenThatWasSeen() throws {
    let session = try TmuxSession(width: 40, height: 10, command: "echo here; cat")
    try session.wait { $0.contains("here") }
    let error = #expect(throws: TmuxSession.Timeout.self) {
      try session.wait(seconds: 0.1) { $0.contains("never") }
    }
    #expect(error?.description.contains("here") == true)
  }
}
