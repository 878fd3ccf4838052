import ArgumentParser
import Cells
import Foundation
import Similarity
import System

/// What the explorer costs: time to the first picture and from key to paint, bytes sent, memory.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explorer", abstract: "Measure the explorer on this machine against its budgets.",
    discussion: """
      Starts cka in pseudo-terminals of 200 × 50 cells and drives it with keys. Inputs of \
      about 420 MB are made in a temporary folder and removed again. The exit code is 0 whatever the \
      figures are.
      """)

  /// Parts that can be run alone.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    case start, keys, large, bytes, summary
  }

  @Argument(
    help: "A folder of results for the start and for toggling pairs.", completion: .directory)
  var samples = "SampleData"

  @Option(help: "Run one part only.")
  var only: Part?

  @Option(help: "Times that a start, and each way of reading the large file, is measured.")
  var runs = 15

  @Option(help: "The Python with numpy to compare with; left out where it has none.")
  var python = "python3"

  @Flag(help: "Print the figures as JSON.")
  var json = false

  func validate() throws {
    guard (1...1000).contains(runs) else { throw ValidationError("--runs must be from 1 to 1000") }
  }

  func run() throws {
    var figures: [BenchFigure] = []
    do {
      let inputs = try BenchInputs(environment: ProcessInfo.processInfo.environment)
      defer { inputs.remove() }
      let stage = BenchStage(inputs: inputs, samples: samples, runs: runs, python: python)
      for part in Part.allCases where only == nil || only == part {
        let new = try stage.figures(of: part)
        figures += new
        if !json { print("\(BenchTable.text(new))\n") }
      }
      if json { print(try Self.encode(figures)) }
    } catch let failure as ComputeError {
      throw fail(failure.description)
    }
  }

  private static func encode(_ figures: [BenchFigure]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(figures), as: UTF8.self)
  }
}

/// Where the scenes are played: inputs, terminals, and the program itself.
struct BenchStage {
  let inputs: BenchInputs
  let samples: String
  let runs: Int
  let python: String

  /// The terminal that the budgets are for.
  static let size = Size(width: 200, height: 50)

  /// The measurements of one part.
  func figures(of part: Bench.Part) throws -> [BenchFigure] {
    switch part {
    case .start: try start()
    case .keys: try keys()
    case .large: try largeKeys()
    case .bytes: try bytes()
    case .summary: try summary()
    }
  }

  /// The explorer on `path`, with nothing of the user's: no settings, no view of an earlier
  /// session.
  func explore(_ path: String, depth: ColorDepth = .trueColor) throws(ComputeError) -> BenchTerminal
  {
    var environment = self.environment
    environment["TERM"] = "xterm-256color"
    environment["COLORTERM"] = depth == .trueColor ? "truecolor" : nil
    return try BenchTerminal(
      [try program(), "explore", "--no-restore", path], environment: environment, size: Self.size)
  }

  /// The program that is measured, run to its end.
  func run(_ arguments: [String]) throws(ComputeError) -> BenchProcess {
    try BenchProcess([try program()] + arguments, environment: environment)
  }

  private func program() throws(ComputeError) -> String {
    try MeasuredProgram.path(ProcessInfo.processInfo.environment)
  }

  /// What children get to see of our variables.
  var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in ["TMUX", "NO_COLOR", "TERMINFO", "LINES", "COLUMNS"] { environment[name] = nil }
    environment["LC_ALL"] = "C.UTF-8"
    environment["XDG_CONFIG_HOME"] = "\(inputs.folder)/config"
    environment["XDG_STATE_HOME"] = "\(inputs.folder)/state"
    return environment
  }
}
