import Cells
import Testing

@testable import Terminal

@Suite struct TerminalReportTests {
  private func rows(
    _ environment: [String: String], colors: Int = 256, hasUTF8: Bool = true, size: Size? = nil
  ) -> [String: TerminalReport.Row] {
    let rows = TerminalReport.rows(
      TerminalOptions(environment: environment), hasUTF8: hasUTF8, size: size
    ) { _ in TerminalKind.Probe(isKnown: colors > 0, colors: colors, movesCursor: colors > 0) }
    return Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
  }

  @Test func aGoodTerminalNeedsNoAdvice() {
    let size = Size(width: 120, height: 40)
    let rows = rows(["TERM": "xterm-256color", "COLORTERM": "truecolor"], size: size)
    #expect(rows["colours"]?.value == "true colour (COLORTERM=truecolor)")
    #expect(rows["size"]?.value == "120 × 40")
    #expect(rows["description"]?.value == "built in")
    #expect(rows.values.allSatisfy { $0.advice == nil })
  }

  @Test func aPoorOneIsToldWhatToDo() {
    let rows = rows(["TERM": "xterm-256color"], hasUTF8: false)
    #expect(rows["colours"]?.value == "256 (terminfo: 256)")
    #expect(rows["colours"]?.advice?.contains("COLORTERM=truecolor") == true)
    #expect(rows["UTF-8"]?.advice?.contains("LC_ALL=C.UTF-8") == true)
    #expect(rows["size"]?.advice?.contains("ssh -t") == true)
  }

  @Test func aTerminalThatCannotBeUsedStillGetsAReport() {
    let rows = rows(["TERM": "quux"], colors: -1)
    #expect(rows["TERM"]?.advice?.contains("not in this machine's terminfo") == true)
    #expect(rows["ncurses"]?.value.hasPrefix("ncurses") == true)
  }

  @Test func multiplexersAreSeen() {
    #expect(rows(["TERM": "tmux-256color", "TMUX": "/tmp/x"])["multiplexer"]?.value == "tmux")
    #expect(rows(["TERM": "screen", "STY": "1.pts"])["multiplexer"]?.value == "screen")
    #expect(rows(["TERM": "xterm"])["multiplexer"]?.value == "none")
  }
}
