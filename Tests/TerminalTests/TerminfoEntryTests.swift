import Cells
import Foundation
import TestSupport
import Testing

@testable import Terminal

/// `infocmp` and ncurses read the compiled entries: they know the format best.
@Suite struct TerminfoEntryTests {
  /// The entry's capabilities, as `infocmp -x` decompiles them, one a line.
  private func capabilities(_ entry: TerminfoEntry) throws -> [String] {
    let output = try Shell.run(
      ["infocmp", "-1", "-x", entry.name], environment: ["TERMINFO": entry.environmentValue])
    return output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test(arguments: ColorDepth.allCases)
  func ncursesReadsWhatWasWritten(_ depth: ColorDepth) throws {
    let lines = try capabilities(XtermEntry.entry(name: "cka-test", depth: depth))
    #expect(lines.contains("cka-test|compiled by cka,"))
    for expected in [
      "am,", "xenl,", "cols#80,", "smcup=\\E[?1049h,", "cup=\\E[%i%p1%d;%p2%dH,", "kcbt=\\E[Z,",
      "kmous=\\E[<,", "XM=\\E[?1006;1000%?%p1%{1}%=%th%el%;,",
    ] {
      #expect(lines.contains(expected), "\(expected)")
    }
    #expect(!lines.contains("bce,"))
    #expect(lines.contains("RGB,") == (depth == .trueColor))
    #expect(lines.contains { $0.hasPrefix("setaf=") } == (depth != .none))
  }

  @Test func trueColourHasRoomForThePalette() throws {
    let lines = try capabilities(XtermEntry.entry(name: "cka-test", depth: .trueColor))
    #expect(lines.contains("colors#0x2000000,"))
    #expect(lines.contains("pairs#0x10000,"))
  }

  @Test func oddLengthsArePadded() throws {
    for name in ["ab", "abc"] {
      var entry = TerminfoEntry(name: name, strings: ["cup": "x"])
      entry.extendedBooleans = ["AX"]
      entry.extendedStrings = ["E3": "\u{1B}[3J", "Ms": "yz"]
      let lines = try capabilities(entry)
      #expect(lines.contains("cup=x,") && lines.contains("AX,"))
      #expect(lines.contains("E3=\\E[3J,") && lines.contains("Ms=yz,"))
    }
  }
}
