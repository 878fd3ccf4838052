import Cells
import Testing

@testable import Terminal

@Suite struct ColorDetectionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var environment: [String: String]
    var colors = 256
    var override: ColorDepth?
    var expected: ColorDepth
    var testDescription: String { "\(environment) \(colors) -> \(expected)" }
  }

  static let cases = [
    Case(environment: ["TERM": "xterm-256color"], expected: .indexed256),
    Case(environment: ["TERM": "xterm-16color"], colors: 16, expected: .ansi16),
    Case(environment: ["TERM": "linux"], colors: 8, expected: .ansi8),
    Case(environment: ["TERM": "vt100"], colors: -1, expected: .none),
    Case(environment: ["TERM": "odd"], colors: 7, expected: .none),
    Case(environment: [:], colors: 0, expected: .none),
    Case(
      environment: ["TERM": "xterm", "COLORTERM": "truecolor"], colors: 8, expected: .trueColor),
    Case(environment: ["TERM": "xterm", "COLORTERM": "24bit"], colors: 8, expected: .trueColor),
    Case(environment: ["TERM": "xterm", "COLORTERM": "yes"], colors: 8, expected: .ansi8),
    Case(environment: ["TERM": "xterm-kitty"], expected: .trueColor),
    Case(environment: ["TERM": "xterm-ghostty"], expected: .trueColor),
    Case(environment: ["TERM": "alacritty"], expected: .trueColor),
    Case(environment: ["TERM": "foot-extra"], expected: .trueColor),
    Case(environment: ["TERM": "football"], expected: .indexed256),
    Case(environment: ["TERM": "konsole-direct"], expected: .trueColor),
    Case(environment: ["TERM": "tmux-256color", "TMUX": "/tmp/s,1,0"], expected: .trueColor),
    Case(environment: ["TERM": "screen", "TMUX": "/tmp/s,1,0"], colors: 8, expected: .trueColor),
    Case(environment: ["TERM": "screen-256color"], expected: .indexed256),
    Case(environment: ["TERM": "xterm-256color", "TMUX": "/tmp/s,1,0"], expected: .indexed256),
    Case(environment: ["TERM": "xterm-kitty", "NO_COLOR": "1"], expected: .none),
    Case(environment: ["TERM": "xterm-kitty", "NO_COLOR": ""], expected: .trueColor),
    Case(environment: ["NO_COLOR": "1"], override: .indexed256, expected: .indexed256),
    Case(environment: ["COLORTERM": "truecolor"], override: ColorDepth.none, expected: .none),
  ]

  @Test(arguments: cases) func depth(_ test: Case) {
    let depth = ColorDetection.depth(
      environment: test.environment, terminfoColors: test.colors, override: test.override)
    #expect(depth == test.expected)
  }

  @Test func theReasonNamesWhatDecided() {
    func reason(_ environment: [String: String]) -> String {
      ColorDetection.find(environment: environment, terminfoColors: 8, override: nil).reason
    }
    #expect(reason(["NO_COLOR": "1", "COLORTERM": "truecolor"]) == "NO_COLOR is set")
    #expect(reason(["COLORTERM": "24bit"]) == "COLORTERM=24bit")
    #expect(reason(["TERM": "xterm"]) == "terminfo: 8")
  }
}
