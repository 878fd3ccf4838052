import Cells
import Explorer
import Foundation
import TestSupport
import Testing

/// Every key of the help, in a real terminal.
@Suite(.serialized) struct KeySessionTests {
  @Test(arguments: [(120, 40), (80, 24)])
  func everyKeyLeavesAPictureOnTheScreen(_ width: Int, _ height: Int) throws {
    let place = try Place()
    try place.copySampleData()
    let session = try ExplorerSession("cka SampleData", width: width, height: height, in: place)
    try session.waitForPicture(of: "ResNet18")
    var turn = 0
    for pane in [Pane.layers, .results, .minibatches] {
      for (command, key) in Self.keys(in: pane) {
        turn += 1
        // C-g closes what the key may have opened, and else does nothing.
        let shown = try session.press(pane.selector, key.tmuxName, "C-g", turn: turn)
        #expect(shown.hasFrame, "after \(command) in \(pane)")
        #expect(try session.terminal.state().isAlternate, "after \(command) in \(pane)")
      }
    }
    try session.leave()
  }

  /// The keys whose first pane is `pane`, so that each is pressed once; those that leave are not
  /// among them.
  private static func keys(in pane: Pane) -> [(command: String, key: Key)] {
    let order = [Pane.layers, .results, .minibatches]
    return Command.all.filter { command in
      !["quit", "suspend"].contains(command.name)
        && order.first(where: command.panes.contains) == pane
    }.flatMap { command in command.keys.map { (command.name, $0) } }
  }

  @Test func theHelpListsEveryKey() throws {
    let place = try Place()
    try place.copySampleData()
    // High enough for all of it at once.
    let session = try ExplorerSession("cka SampleData", width: 120, height: 100, in: place)
    try session.waitForPicture()
    try session.terminal.send("?")
    // Its last line comes last; what is missing then stays missing.
    let last = try #require(Command.all.last)
    let help = try session.wait { $0.contains("╭─ Help") && $0.contains(last.help) }
    for command in Command.all {
      #expect(help.contains(command.help) && help.contains(command.keyNames), "\(command.name)")
    }
  }

  @Test func theMousePointsTurnsAndChooses() throws {
    let place = try Place()
    try place.copySampleData()
    let session = try ExplorerSession("cka SampleData", in: place)
    let first = try session.wait { $0.hasReadout && $0.contains("1/24") }
    #expect(try session.terminal.state().hasMouse)
    let entry = try #require(first.position(of: "Teacher-10 × Teacher-10"))
    try session.mouse(0, x: entry.x, y: entry.y)
    let second = try session.wait { $0.contains("↑ Teacher-10") && $0.hasReadout }
    // Somewhere in the middle of the heatmap.
    let value = second.readout
    try session.mouse(0, x: 60, y: 8)
    let third = try session.wait { $0.readout != value }
    try session.mouse(64, x: 60, y: 8)
    try session.wait { $0 != third && $0.hasReadout }
    try session.terminal.send("M")
    try session.wait { _ in try !session.terminal.state().hasMouse }
    try session.leave()
  }

  @Test func withoutTheMouseItIsLeftToTheTerminal() throws {
    let place = try Place()
    try place.copySampleData()
    let session = try ExplorerSession("cka --no-mouse SampleData", in: place)
    try session.waitForPicture()
    #expect(try !session.terminal.state().hasMouse)
    try session.leave()
  }

  @Test func anySizeIsSurvived() throws {
    let place = try Place()
    try place.copySampleData()
    let session = try ExplorerSession("cka SampleData", in: place)
    try session.waitForPicture()
    for (width, height) in [(20, 5), (1, 1), (300, 90), (44, 11), (80, 24)] {
      try session.terminal.resize(width: width, height: height)
      try session.wait {
        $0.split(separator: "\n", omittingEmptySubsequences: false).count > height - 1
      }
    }
    try session.terminal.resize(width: 20, height: 5)
    try session.wait { $0.contains("too small") }
    try session.terminal.resize(width: 120, height: 40)
    try session.wait { $0.hasFrame && $0.hasReadout && !$0.contains("too small") }
    try session.leave()
  }
}

extension Pane {
  /// The key that gives it the focus.
  fileprivate var selector: String {
    switch self {
    case .results: "1"
    case .layers: "2"
    case .minibatches: "3"
    case .profile: "4"
    case .curves: "5"
    }
  }
}

extension Key {
  /// What tmux calls it.
  fileprivate var tmuxName: String {
    let names: [Key: String] = [
      .escape: "Escape", .backTab: "BTab", .backspace: "BSpace", .delete: "DC", .insert: "IC",
      .pageUp: "PPage", .pageDown: "NPage", .character(";"): "\\;",
    ]
    return names[self] ?? name
  }
}
