import Foundation
import TestSupport
import Testing

/// Terminals of every kind: each shows a picture, or one line says why not.
@Suite(.serialized) struct TerminalSessionTests {
  private let session: ExplorerSession

  init() throws {
    let place = try Place()
    try place.copy(sample: "real/resnet18_vs_resnet34_full.pkl", as: "full.pkl")
    session = try ExplorerSession(width: 100, height: 30, in: place)
  }

  @Test func typesThatDraw() throws {
    for term in [
      "vt100", "linux", "xterm", "xterm-256color", "screen-256color", "tmux-256color",
      "xterm-direct", "xterm-kitty",
    ] {
      for locale in ["", "LC_ALL=C "] {
        try session.start("\(locale)TERM=\(term) cka full.pkl")
        try session.waitForPicture(of: "ResNet18")
        try session.leave()
      }
    }
  }

  @Test(arguments: [
    ("env -u TERM", "cka: TERM is not set: "), ("TERM=nonesuch", "cka: TERM=nonesuch is not in"),
    ("TERM='a b'", "cka: TERM is not a terminal's name: "),
  ])
  func typesThatCannot(_ setting: String, _ complaint: String) throws {
    try session.start("\(setting) cka full.pkl; echo status $?")
    let shown = try session.terminal.wait { $0.contains("status 1") }
    #expect(shown.contains("\n\(complaint)"))
    try session.expectShell()
  }

  @Test func aDumbTerminalGetsText() throws {
    try session.start("TERM=dumb cka full.pkl; echo status $?")
    let shown = try session.terminal.wait { $0.contains("status 0") }
    #expect(shown.contains("ResNet18 on Dataset Digits32 × ResNet34 on Dataset Digits32"))
  }

  @Test func noColourIsRespected() throws {
    try session.start("NO_COLOR=1 cka full.pkl")
    try session.waitForPicture()
    #expect(try !session.terminal.screen(styled: true).contains(/\u{1B}\[[0-9;]*[34][0-7;]/))
    try session.leave()
    try session.start("cka full.pkl")
    try session.waitForPicture()
    #expect(try session.terminal.screen(styled: true).contains("\u{1B}[38;2;"))
    try session.leave()
  }

  @Test func theDoctorIsContentHere() throws {
    try session.start("cka doctor; echo status $?")
    let shown = try session.terminal.wait { $0.contains(/status \d/) }
    #expect(shown.contains("status 0") && shown.contains("100 × 30"))
  }
}
