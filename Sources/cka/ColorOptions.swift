import ArgumentParser
import Cells
import Foundation
import Terminal

/// `--color`, the same for every command that draws.
struct ColorOptions: ParsableArguments {
  /// What the user may ask for.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case trueColor = "true"
    case indexed256 = "256"
    case ansi16 = "16"
    case ansi8 = "8"
    case none
  }

  @Option(help: "Colours: auto, true (24 bits), 256, 16, 8 or none.")
  var color = Choice.auto

  /// The depth that the user asked for; nil to detect it.
  var explicitDepth: ColorDepth? { ColorDepth(rawValue: color.rawValue) }

  /// The depth to print with: detected on a terminal, none in a pipe.
  func depth(isTerminal: Bool) -> ColorDepth {
    if let explicitDepth { return explicitDepth }
    guard isTerminal else { return .none }
    let environment = ProcessInfo.processInfo.environment
    let term = environment["TERM"] ?? ""
    let colors = term.contains("256color") ? 256 : (term.isEmpty || term == "dumb" ? 0 : 8)
    return ColorDetection.depth(environment: environment, terminfoColors: colors, override: nil)
  }
}
