import ArgumentParser
import Core
import Formats
import Runs
import Similarity

/// Whether a bundle's figures are what its activations give.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute cells of a bundle the slow plain way, or check this machine.",
    discussion: """
      Cells are drawn at random and computed again from the activations in float64, with formulas as \
      the papers have them. Without FEATURES the files are those that the bundle names. The last \
      line is the verdict: ok or FAILED.

      Exit codes: 0 all agrees, 1 it does not, or a file cannot be read, 64 the command line is \
      wrong.
      """)

  @Argument(help: "The bundle, NAME.cka.safetensors.", completion: .file())
  var bundle: String?

  @Argument(help: "Its activations, where they are not where they were.", completion: .file())
  var features: [String] = []

  @Flag(name: .customLong("self"), help: "Check published figures and invariances on this machine.")
  var isSelf = false

  @Option(help: "How many cells to compute again.")
  var cells = 8

  @Option(help: "Which cells are drawn: any whole number below 2^32.")
  var seed: UInt32 = 1

  @Option(help: "The largest difference that passes. (default: 1e-9, or 1e-4 if made in float32)")
  var tolerance: Double?

  func validate() throws {
    guard isSelf != (bundle != nil) else {
      throw ValidationError("name a bundle, or say --self")
    }
    guard cells > 0, cells <= 1_000_000 else {
      throw ValidationError("--cells must be from 1 to 1000000")
    }
    if let tolerance, !(tolerance >= 0) {
      throw ValidationError("--tolerance must not be negative")
    }
  }

  func run() throws {
    do {
      guard let bundle else { return try checkSelf() }
      try check(bundle)
    } catch let error as FormatError {
      throw fail(error.description)
    } catch let error as ComputeError {
      throw fail(error.description)
    }
  }

  private func check(_ bundle: String) throws {
    let name = SafeText.sanitise(bundle)
    guard let record = try ResultBundle.record(path: bundle) else {
      throw FormatError(
        .request, "the bundle holds no study that could be computed again", file: name)
    }
    let verification: Verification
    do throws(FormatError) {
      verification = try Verification(record, features: features)
    } catch {
      if features.isEmpty { try tellSources(of: record) }
      var error = error
      if error.file.isEmpty { error.file = name }
      throw error
    }
    var random = LegacyRandom(seed: seed)
    let drawn = verification.draw(cells, random: &random)
    guard !drawn.isEmpty else { throw FormatError(.empty, "no cell has a value", file: name) }
    let limit = tolerance ?? (record.study.options.precision == .float64 ? 1e-9 : 1e-4)
    let report = VerifyReport(
      study: record.study, checked: try verification.recompute(drawn),
      cellCount: verification.cellCount, limit: limit, disagreements: record.disagreements,
      sources: verification.sources)
    tellCaveats(
      of: Array(ResultBundle.comparisons(of: record, path: bundle).prefix(1)), order: .exported)
    let sources = verification.paths.map(SafeText.sanitise).joined(separator: ", ")
    try StandardOutput.print(
      (["\(name), again from \(sources)"] + report.lines).joined(separator: "\n"))
    if !report.passes { throw ExitCode(1) }
  }

  /// What became of the models and data: all that can be told of figures that cannot be computed
  /// again.
  private func tellSources(of record: StudyRecord) throws {
    let lines = VerifyReport.lines(Verification.sources(of: record))
    if !lines.isEmpty { try StandardOutput.print(lines.joined(separator: "\n")) }
  }

  private func checkSelf() throws {
    let checks = try ReferenceFigures.check()
    let width = checks.map(\.name.count).max() ?? 0
    for check in checks {
      let name = check.name + String(repeating: " ", count: width - check.name.count)
      try StandardOutput.print(
        "\(check.passes ? "ok  " : "FAIL")  \(name)  \(check.found) "
          + "(\(check.expected) ± \(check.tolerance))")
    }
    let failures = checks.count { !$0.passes }
    try StandardOutput.print(
      failures == 0
        ? "verdict: ok, all \(checks.count) figures are met on this machine"
        : "verdict: FAILED, \(failures) of \(checks.count) figures are wrong on this machine")
    if failures > 0 { throw ExitCode(1) }
  }
}
