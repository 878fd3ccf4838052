import Cells
import Foundation
import Testing

@testable import Terminal

/// ncurses has one terminal at a time, so these tests take turns, on the main thread.
@Suite(.serialized) @MainActor struct TerminalScreenTests {
  private let terminal: PseudoTerminal
  private let screen: TerminalScreen

  init() throws {
    (terminal, screen) = try Self.open(width: 200, height: 50, depth: .trueColor)
  }

  private static func open(
    width: Int, height: Int, depth: ColorDepth, term: String = "xterm-256color"
  ) throws -> (PseudoTerminal, TerminalScreen) {
    let terminal = try PseudoTerminal(width: width, height: height)
    let options = TerminalOptions(depth: depth, environment: ["TERM": term])
    let screen = try TerminalScreen(
      options, TerminalKind.choose(options), on: TerminalDevice(descriptor: terminal.device))
    return (terminal, screen)
  }

  /// A screen of half blocks whose two colours `color` gives for a column and a pixel row.
  private func halfBlocks(_ color: (Int, Int) -> RGB) -> CellBuffer {
    var buffer = CellBuffer(size: screen.size)
    for y in 0..<buffer.size.height {
      for x in 0..<buffer.size.width {
        let (top, bottom) = (Color.rgb(color(x, 2 * y)), Color.rgb(color(x, 2 * y + 1)))
        let style = Style(foreground: top, background: bottom)
        buffer[x, y] = Cell(top == bottom ? " " : "▀", style)
      }
    }
    return buffer
  }

  /// Colours that never repeat in a frame, and differ from frame to frame.
  private func noise(frame: Int) -> CellBuffer {
    halfBlocks { x, row in
      let number = UInt64(frame * 20_000 + row * 200 + x) &* 0x9E37_79B9_7F4A_7C15
      return RGB(UInt8(number >> 56), UInt8(number >> 48 & 255), UInt8(number >> 40 & 255))
    }
  }

  private func shown(_ buffer: CellBuffer) -> String {
    screen.draw(buffer)
    return terminal.output()
  }

  @Test func theTerminalIsTakenOverAndGivenBack() throws {
    let start = terminal.output() + shown(CellBuffer(size: screen.size))
    for sequence in ["[?1049h", "[?25l", "[?1h", "[?1006;1000h"] {
      #expect(start.contains("\u{1B}\(sequence)"), "\(sequence)")
    }
    #expect(try !Modes(terminal.device).isCanonical)
    screen.close()
    let end = terminal.output()
    for sequence in ["[?1049l", "[?25h", "[?1l", "[?1006;1000l", "[?2004l"] {
      #expect(end.contains("\u{1B}\(sequence)"), "\(sequence)")
    }
    #expect(try Modes(terminal.device) == Modes(isCanonical: true, echoes: true))
    screen.close()
    #expect(terminal.output().isEmpty)
  }

  @Test func coloursLeaveAsTheyCame() {
    var buffer = CellBuffer(size: screen.size)
    buffer[0, 0] = Cell("a", Style(foreground: .rgb(RGB(1, 20, 255)), background: .standard))
    buffer[1, 0] = Cell("b", Style(foreground: .rgb(RGB(0, 0, 7)), background: .indexed(7)))
    buffer[2, 0] = Cell("c", Style(attributes: [.bold, .underline]))
    let output = shown(buffer)
    #expect(output.contains("\u{1B}[38;2;1;20;255ma"))
    #expect(output.contains("\u{1B}[38;2;0;0;7m\u{1B}[48;5;7mb"))
    #expect(output.contains("\u{1B}[0;1;4mc"))
  }

  @Test func wideGlyphsAndStrayControlsKeepTheRowInPlace() {
    var buffer = CellBuffer(size: screen.size)
    buffer.write("世界|", x: 0, y: 0)
    buffer[6, 0] = Cell("\u{7}")
    buffer[7, 0] = Cell("e")
    #expect(shown(buffer).contains("世界| ?e"))
  }

  @Test func onlyChangesAreSent() {
    var buffer = noise(frame: 0)
    _ = shown(buffer)
    #expect(shown(buffer).isEmpty)
    buffer[70, 20] = Cell("+", Style(foreground: .rgb(RGB(0, 255, 135))))
    #expect((1...60).contains(shown(buffer).utf8.count))
  }

  @Test func aFullRepaintStaysWithinItsBudget() {
    let noisy = shown(noise(frame: 0)).utf8.count
    #expect(noisy < 400_000)
    let smooth = halfBlocks { x, row in RGB(UInt8(x / 2), UInt8(row), 64) }
    #expect(shown(smooth).utf8.count < 390_000)
    let blocks = halfBlocks { x, row in RGB(UInt8(x / 10 * 10), UInt8(row / 10 * 10), 64) }
    #expect(shown(blocks).utf8.count < 30_000)
  }

  @Test func repaintSendsEverythingAgain() {
    let buffer = noise(frame: 0)
    let first = shown(buffer).count
    screen.repaint()
    #expect(shown(buffer).count > first / 2)
  }

  @Test("Ten thousand new pairs a frame: when they run out, the screen is painted with fresh ones")
  func pairsRunOut() {
    for frame in 0..<8 {
      let output = shown(noise(frame: frame))
      #expect(output.count { $0 == "▀" } == 10_000, "frame \(frame)")
      #expect(!output.contains("\u{1B}[39;49m▀"), "frame \(frame)")
    }
  }

  @Test func keysAreRead() {
    terminal.type(
      "q\u{1B}[1;2A\u{1B}OB\u{1B}[Z\u{1B}[3~\u{1B}x\u{3}\u{1A}é\u{1B}[15~\u{1B}[99;9u\u{1B}")
    let keys = screen.readEvents(wake: [], timeoutMilliseconds: 5000)
    let expected: [Key] = [
      .character("q"), .shiftUp, .down, .backTab, .delete, .alt("x"), .control("c"), .control("z"),
      .character("é"), .function(5), .escape,
    ]
    #expect(keys == expected.map(InputEvent.key))
  }

  @Test("Pasted text is one event, whatever it holds, and no command")
  func aPasteIsRead() {
    terminal.type("j\u{1B}[200~q\r\n\u{1B}[A\tlayer1\u{1B}[201~k")
    let events = screen.readEvents(wake: [], timeoutMilliseconds: 5000)
    #expect(events == [.key(.character("j")), .paste("q layer1"), .key(.character("k"))])
  }

  @Test("A paste may come in parts")
  func aPasteInPartsIsRead() {
    terminal.type("\u{1B}[200~lay")
    #expect(screen.readEvents(wake: [], timeoutMilliseconds: 5000) == [])
    terminal.type("er1\u{1B}[201~")
    #expect(screen.readEvents(wake: [], timeoutMilliseconds: 5000) == [.paste("layer1")])
  }

  @Test func theMouseIsRead() {
    terminal.type(
      "\u{1B}[<0;150;40M\u{1B}[<0;150;40m\u{1B}[<0;150;40M\u{1B}[<64;3;4M\u{1B}[<65;3;4M")
    let events = screen.readEvents(wake: [], timeoutMilliseconds: 5000)
    let expected = [
      MouseEvent(.press, x: 149, y: 39), MouseEvent(.doublePress, x: 149, y: 39),
      MouseEvent(.wheelUp, x: 2, y: 3), MouseEvent(.wheelDown, x: 2, y: 3),
    ]
    #expect(events == expected.map(InputEvent.mouse))
  }

  @Test func aNewSizeIsReportedOnce() {
    terminal.resize(width: 90, height: 30)
    let size = Size(width: 90, height: 30)
    #expect(screen.readEvents(wake: [], timeoutMilliseconds: 0) == [.resize(size)])
    #expect(screen.size == size)
    #expect(screen.readEvents(wake: [], timeoutMilliseconds: 0).isEmpty)
  }

  @Test func anotherDescriptorEndsTheWait() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data([1]))
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    #expect(screen.readEvents(wake: [descriptor], timeoutMilliseconds: -1).isEmpty)
  }

  @Test func onlyOneScreenAtATime() throws {
    let options = TerminalOptions(environment: ["TERM": "xterm-256color"])
    #expect(throws: TerminalError.self) {
      try TerminalScreen(
        options, TerminalKind.choose(options), on: TerminalDevice(descriptor: terminal.device))
    }
    #expect(!shown(noise(frame: 1)).isEmpty)
  }
}

/// The modes of a terminal that shells depend on.
private struct Modes: Equatable {
  var isCanonical: Bool
  var echoes: Bool

  init(isCanonical: Bool, echoes: Bool) {
    self.isCanonical = isCanonical
    self.echoes = echoes
  }

  init(_ descriptor: Int32) throws {
    var modes = termios()
    try #require(tcgetattr(descriptor, &modes) == 0)
    isCanonical = modes.c_lflag & tcflag_t(ICANON) != 0
    echoes = modes.c_lflag & tcflag_t(ECHO) != 0
  }
}
