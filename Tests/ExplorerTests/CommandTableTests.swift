import Cells
import Testing

@testable import Explorer

@Suite("The table of commands")
struct CommandTableTests {
  @Test("no key is bound twice in a pane", arguments: Pane.allCases)
  func keys(pane: Pane) {
    let keys = Command.all.filter { $0.panes.contains(pane) }.flatMap(\.keys)
    let twice = Dictionary(grouping: keys, by: \.name).filter { $0.value.count > 1 }.keys
    #expect(twice.isEmpty)
    for key in keys { #expect(Command.bound(to: key, in: pane)?.keys.contains(key) == true) }
  }

  @Test("every command has a name of its own, a key, a pane and a short help")
  func texts() {
    #expect(Set(Command.all.map(\.name)).count == Command.all.count)
    for command in Command.all {
      #expect(!command.keys.isEmpty && !command.panes.isEmpty, "\(command.name)")
      #expect(command.help.count >= 4 && command.help.count <= 80, "\(command.name)")
      #expect(command.hint.map { $0.count <= 10 } ?? true, "\(command.name)")
      #expect(command.keys.allSatisfy { Key(name: $0.name) == $0 }, "\(command.name)")
    }
  }

  @Test("the help tells of every command in its chapter, with keys and panes")
  func help() {
    for command in Command.all {
      let line = Command.helpLines.first {
        $0.hasPrefix("  \(command.keyNames) ") && $0.contains(command.help)
      }
      #expect(line != nil, "\(command.name)")
    }
    let chapters = Command.helpLines.filter { !$0.isEmpty && !$0.hasPrefix(" ") }
    let windows = WindowCommand.Window.allCases
    #expect(chapters == Command.Group.allCases.map(\.rawValue) + windows.map(\.rawValue))
    #expect(Command.helpLines.allSatisfy { $0.count <= 96 })
  }

  @Test(
    "no key of a window does two things, and all are in the help",
    arguments: WindowCommand.Window.allCases)
  func windows(window: WindowCommand.Window) {
    let keys = window.commands.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
    for command in window.commands {
      #expect(command.keys.allSatisfy { Key(name: $0.name) == $0 }, "\(command.help)")
      #expect(
        Command.helpLines.contains {
          $0.hasPrefix("  \(command.keyNames) ") && $0.hasSuffix(command.help)
        })
    }
  }

  @Test("the footer hints at nothing that cannot be done")
  func hints() {
    for scene in [Scene([], 200, 50), Scene(Sample.folder(), 200, 50)] {
      for command in Command.all where command.hint != nil {
        let isShown = scene.footer.contains(" \(command.keys[0].name) \(command.hint ?? "")")
        let canBeDone = command.isEnabled(scene.state) && command.panes.contains(scene.state.focus)
        if command.name != "next-result" { #expect(isShown == canBeDone, "\(command.name)") }
      }
    }
  }

  @Test("a key that does nothing here says so")
  func unbound() {
    var scene = Scene([Sample.pair()])
    scene.press("z")
    #expect(scene.footer == " z does nothing here; ? shows the keys")
    scene.press("F7")
    #expect(scene.footer == " F7 does nothing here; ? shows the keys")
  }

  @Test("every command runs from the palette, enabled or not, with nothing open or much")
  func palette() {
    for results in [[], Sample.folder()] {
      for command in Command.all {
        var scene = Scene(results, 100, 30)
        scene.press(":")
        scene.type(command.name)
        let names = Self.names(scene.state.overlay)
        #expect(names.contains(command.name))
        scene.send(.input(.key(.escape)))
        let isEnabled = command.isEnabled(scene.state)
        let effects = scene.run(command)
        if !isEnabled {
          #expect(effects.isEmpty)
          #expect(scene.state.message == .error(scene.state.whyNot(command)))
        }
        #expect(breaches(of: scene.state) == [], "\(command.name)")
      }
    }
  }

  private static func names(_ overlay: Overlay?) -> [String] {
    guard case .chooser(let chooser) = overlay else { return [] }
    return chooser.matches.map(\.value)
  }
}

extension Scene {
  /// Chooses a command in the palette by its place in the list; what it asks for.
  mutating func run(_ command: Command) -> [Effect] {
    let before = asked.count
    press(":")
    guard case .chooser(var chooser) = state.overlay,
      let index = chooser.items.firstIndex(where: { $0.value == command.name })
    else { return [] }
    chooser.cursor = index
    change { $0.overlay = .chooser(chooser) }
    press("Enter")
    return Array(asked.dropFirst(before))
  }
}
