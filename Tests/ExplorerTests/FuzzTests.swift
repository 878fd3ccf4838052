import Cells
import Core
import Testing
import TestSupport

@testable import Explorer

@Suite("Whatever is pressed")
struct FuzzTests {
  @Test("no key, click or size breaks the screen", arguments: 0..<16)
  func holds(seed: Int) {
    var noise = Noise(seed: UInt64(seed))
    var scene = Scene(
      depth: ColorDepth.allCases[seed % ColorDepth.allCases.count], unicode: seed % 3 != 0)
    scene.find(seed % 4 == 3 ? Sample.folder() : Sample.oddities())
    if seed % 2 == 1 { scene.find(Sample.oddCurves()) }
    scene.finishWalk(problems: ["odd/broken.pkl: byte 7: opcode 0x00 is none of pickle's"])
    for step in 0..<250 {
      let event = Self.event(&noise, in: scene.state.terminal.size)
      scene.send(.input(event))
      let found = breaches(of: scene.state)
      #expect(found.isEmpty, "seed \(seed), step \(step), \(event): \(found.prefix(3))")
      guard found.isEmpty else { return }
    }
  }

  private static let keys =
    Command.all.flatMap(\.keys) + "layer10!*,%/".unicodeScalars.map { Key.character($0) }
    + [.character("層"), .character("\u{301}"), .character("🦊"), .alt("x"), .delete, .backspace]
    + [.control("u"), .control("w"), .control("k"), .control("a"), .insert, .function(5)]
    // Pressed often in earnest too; without them most steps would be lost in an overlay.
    + [.escape, .escape, .escape, .enter, .enter, .tab, .tab]

  private static func event(_ noise: inout Noise, in size: Size) -> InputEvent {
    switch noise.next(20) {
    case 0: return .resize(Size(width: 1 + noise.next(200), height: 1 + noise.next(60)))
    case 1: return .resize(Size(width: 40 + noise.next(60), height: 12 + noise.next(20)))
    case 2...5:
      return .mouse(
        MouseEvent(
          noise.pick([.press, .press, .doublePress, .wheelUp, .wheelDown]),
          x: noise.next(size.width), y: noise.next(size.height)))
    default: return .key(noise.pick(keys))
    }
  }
}
