import Foundation
import TestSupport
import Testing

/// The explorer in a terminal, started from a shell as its users do.
struct ExplorerSession {
  let place: Place
  let terminal: TmuxSession

  /// Opens a terminal whose shell works in `place`, and types `line`.
  init(_ line: String? = nil, width: Int = 120, height: Int = 40, in place: Place) throws {
    self.place = place
    terminal = try TmuxSession(
      width: width, height: height, folder: place.folder, environment: place.environment)
    try terminal.wait { $0.contains("$") }
    // A program that is killed here on purpose leaves no core file, and Swift's backtracer does not
    // ask what to do.
    try terminal.type("ulimit -c 0; export SWIFT_BACKTRACE=enable=no")
    if let line { try start(line) }
  }

  /// Types `line` at the shell, on a clean screen.
  func start(_ line: String) throws {
    try terminal.type("clear")
    try terminal.wait { !$0.contains("ulimit") && $0.contains("$") }
    try terminal.type(line)
  }

  /// Waits until a picture is on the screen, all of it: the readout comes with the heatmap.
  @discardableResult
  func waitForPicture(of title: String? = nil) throws -> String {
    try wait { $0.hasFrame && $0.hasReadout && (title.map($0.contains) ?? true) }
  }

  /// Waits until `condition` holds of what the explorer shows, which must be running.
  @discardableResult
  func wait(until condition: (String) throws -> Bool) throws -> String {
    try terminal.wait { try condition($0) && terminal.state().command == "cka" }
  }

  /// Presses `keys`, and returns the screen once they have been dealt with: a key without a meaning
  /// is pressed after them, and waited for. Turns that follow one another must be odd and even.
  @discardableResult
  func press(_ keys: String..., turn: Int) throws -> String {
    let last = turn.isMultiple(of: 2) ? "F8" : "F9"
    for key in keys + [last] { try terminal.send(key) }
    // What was written is told when it is, which may be after the last key.
    return try wait { $0.contains("\(last) does nothing here") || $0.contains(" wrote ") }
  }

  /// Leaves by `q`, and finds the terminal as it was.
  func leave() throws {
    try terminal.send("q")
    try expectShell()
  }

  /// Waits for the shell, whose terminal must be as if nothing had happened.
  func expectShell(_ comment: Comment? = nil, location: SourceLocation = #_sourceLocation) throws {
    try terminal.wait { _ in
      let state = try terminal.state()
      return state.command == "sh" && !state.isAlternate
    }
    let state = try terminal.state()
    #expect(!state.hasMouse, comment, sourceLocation: location)
    #expect(state.showsCursor, comment, sourceLocation: location)
    try terminal.type("clear; stty -a; echo over")
    let shown = try terminal.wait { $0.contains("over\n") && $0.contains("speed") }
    let modes = Set(shown.split(whereSeparator: \.isWhitespace))
    for mode in ["icanon", "echo", "isig", "icrnl", "opost", "onlcr", "iexten"] {
      #expect(modes.contains(Substring(mode)), comment, sourceLocation: location)
    }
  }

  /// Sends a signal to the explorer.
  func kill(_ signal: Int32) throws {
    #expect(Foundation.kill(try terminal.foreground(), signal) == 0)
  }

  /// Clicks (button 0) or turns the wheel (64 up, 65 down) at a cell, counted from 0, as xterm
  /// reports it.
  func mouse(_ button: Int, x: Int, y: Int) throws {
    try terminal.report("\u{1B}[<\(button);\(x + 1);\(y + 1)M\u{1B}[<\(button);\(x + 1);\(y + 1)m")
  }
}

extension String {
  /// The corners of a pane, drawn with lines or, without Unicode, in ASCII.
  var hasFrame: Bool { contains("╭") || contains("+-") }

  /// The line under the panes that tells the value at the crosshair.
  var hasReadout: Bool { readout != nil }

  /// The value at the crosshair.
  var readout: String? {
    // What is known of the interval, such as "rough", stands behind it.
    firstMatch(of: #/(?m)^ (-?\d\S*|NaN|-?inf\S*)(?: +± \S+)?(?: \w+)* +[│|] /#).map {
      String($0.1)
    }
  }

  /// Row and column of the first place where `text` stands.
  func position(of text: String) -> (x: Int, y: Int)? {
    for (y, line) in split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let range = line.firstRange(of: text) {
        return (line.distance(from: line.startIndex, to: range.lowerBound), y)
      }
    }
    return nil
  }
}
